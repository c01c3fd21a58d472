" Vim compiler file: ngxlint, a linter of nginx configuration.
" :compiler ngxlint, then :make nginx.conf (or :make, for what is below the current directory).
if exists('current_compiler')
  finish
endif
let current_compiler = 'ngxlint'

CompilerSet makeprg=ngxlint\ check\ --quiet\ --output-format\ concise
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m

" ngxlint counts characters, the quickfix list bytes: lines that are not ASCII need both.
function! s:InBytes() abort
  let l:list = getqflist()
  for l:item in l:list
    if l:item.valid && l:item.bufnr > 0 && l:item.col > 1
      call bufload(l:item.bufnr)
      let l:text = get(getbufline(l:item.bufnr, l:item.lnum), 0, '')
      let l:byte = byteidxcomp(l:text, l:item.col - 1)
      let l:item.col = l:byte < 0 ? l:item.col : l:byte + 1
    endif
  endfor
  call setqflist([], 'r', {'items': l:list})
endfunction

augroup ngxlint
  autocmd!
  autocmd QuickFixCmdPost make if get(g:, 'current_compiler', get(b:, 'current_compiler', '')) ==# 'ngxlint' | call s:InBytes() | endif
augroup END
