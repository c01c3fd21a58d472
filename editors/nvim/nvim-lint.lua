-- nvim-lint: put this into your init.lua.
local lint = require('lint')
lint.linters.ngxlint = {
  cmd = 'ngxlint',
  args = { 'check', '--quiet', '--output-format', 'concise' },
  stdin = false, -- a part is seen from the root that includes it
  ignore_exitcode = true,
  parser = require('lint.parser').from_pattern(
    '^(.+):(%d+):(%d+): (%a+): (.+) %[([%w-]+)%]$',
    { 'file', 'lnum', 'col', 'severity', 'message', 'code' },
    {
      error = vim.diagnostic.severity.ERROR,
      warning = vim.diagnostic.severity.WARN,
      note = vim.diagnostic.severity.INFO,
    },
    { source = 'ngxlint' }
  ),
}
lint.linters_by_ft.nginx = { 'ngxlint' }
