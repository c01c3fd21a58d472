-- Loads the recipes for Neovim with stand-ins for what they require, and reads the lines on standard input by
-- their patterns, as nvim-lint and none-ls do. Writes what it finds, a line each.
local lines = {}
for line in io.lines() do table.insert(lines, line) end

local function reader(pattern, groups, levels)
  return function(line)
    local found, at = { string.match(line, pattern) }, {}
    for index, group in ipairs(groups) do at[group] = found[index] end
    local file, row = at.file or at.filename, at.lnum or at.row
    return table.concat({ file, row, at.col, levels[at.severity], at.code }, ' ')
  end
end

vim = { diagnostic = { severity = { ERROR = 'error', WARN = 'warning', INFO = 'info' } } }
local lint = { linters = {}, linters_by_ft = {} }
package.preload['lint'] = function() return lint end
package.preload['lint.parser'] = function() return { from_pattern = reader } end
dofile(arg[1] .. '/nvim-lint.lua')
for _, line in ipairs(lines) do print(lint.linters[lint.linters_by_ft.nginx[1]].parser(line)) end

local levels = { error = 'error', warning = 'warning', information = 'info' }
package.preload['null-ls'] = function()
  return { methods = { DIAGNOSTICS_ON_SAVE = 'save' }, register = function(source)
    for _, line in ipairs(lines) do print(source.generator_opts.on_output(line)) end
  end }
end
package.preload['null-ls.helpers'] = function()
  local from_pattern = function(pattern, groups, options) return reader(pattern, groups, options.severities) end
  return {
    diagnostics = { severities = levels, from_pattern = from_pattern },
    make_builtin = function(source) return source end,
    generator_factory = true,
  }
end
dofile(arg[1] .. '/none-ls.lua')
