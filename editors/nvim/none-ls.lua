-- none-ls: put this into your init.lua.
local null_ls = require('null-ls')
local helpers = require('null-ls.helpers')
null_ls.register(helpers.make_builtin({
  name = 'ngxlint',
  method = null_ls.methods.DIAGNOSTICS_ON_SAVE,
  filetypes = { 'nginx' },
  generator_opts = {
    command = 'ngxlint',
    args = { 'check', '--quiet', '--output-format', 'concise', '$FILENAME' },
    to_stdin = false,
    format = 'line',
    multiple_files = true,
    check_exit_code = { 0, 1 },
    on_output = helpers.diagnostics.from_pattern(
      '^(.+):(%d+):(%d+): (%a+): (.+) %[([%w-]+)%]$',
      { 'filename', 'row', 'col', 'severity', 'message', 'code' },
      { severities = {
        error = helpers.diagnostics.severities.error,
        warning = helpers.diagnostics.severities.warning,
        note = helpers.diagnostics.severities.information,
      } }
    ),
  },
  factory = helpers.generator_factory,
}))
