" ALE linter: ngxlint. Put the directory that holds ale_linters on 'runtimepath'. It reads files as
" they are saved, so that a part is seen from the root that includes it.
function! ale_linters#nginx#ngxlint#Handle(buffer, lines) abort
  let l:output = []
  for l:line in a:lines
    let l:item = json_decode(l:line)
    let l:start = l:item.range.start
    call add(l:output, {
    \   'filename': fnamemodify(l:item.file, ':p'),
    \   'lnum': l:start.line,
    \   'vcol': 0,
    \   'col': s:Byte(a:buffer, l:start),
    \   'type': toupper(l:item.level[0]),
    \   'code': l:item.rule,
    \   'text': l:item.message,
    \})
  endfor
  return l:output
endfunction

" ngxlint counts characters, ALE bytes.
function! s:Byte(buffer, at) abort
  let l:byte = byteidxcomp(get(getbufline(a:buffer, a:at.line), 0, ''), a:at.column - 1)
  return l:byte < 0 ? a:at.column : l:byte + 1
endfunction

if exists('*ale#linter#Define')
  call ale#linter#Define('nginx', {
  \   'name': 'ngxlint',
  \   'executable': 'ngxlint',
  \   'command': '%e check --quiet --output-format json-lines %s:p',
  \   'lint_file': 1,
  \   'callback': 'ale_linters#nginx#ngxlint#Handle',
  \})
endif
