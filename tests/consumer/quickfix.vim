" Has ngxlint run by `:make`, goes through what the quickfix list has of it, and writes where it came to.
set runtimepath^=$EDITORS/vim,$EDITORS/ale
compiler ngxlint
silent make! nginx.conf
let s:rows = []
for s:index in range(len(getqflist()))
  execute 'cc' s:index + 1
  call add(s:rows, [expand('%'), line('.'), getqflist()[s:index].type, strpart(getline('.'), col('.') - 1)])
endfor

" What ALE makes of it: the same, in the buffer that is open.
runtime ale_linters/nginx/ngxlint.vim
let s:lines = systemlist('ngxlint check --quiet --output-format json-lines nginx.conf')
for s:item in ale_linters#nginx#ngxlint#Handle(bufnr(), s:lines)
  let s:text = strpart(getbufline(bufnr(), s:item.lnum)[0], s:item.col - 1)
  call add(s:rows, [fnamemodify(s:item.filename, ':.'), s:item.lnum, tolower(s:item.type), s:text])
endfor
call writefile([json_encode(s:rows)], 'found')
qall!
