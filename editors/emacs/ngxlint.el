;;; ngxlint.el --- Run ngxlint, a linter of nginx configuration  -*- lexical-binding: t; -*-

;;; Commentary:

;; M-x ngxlint-check runs it below the current directory, or on what is named, and `next-error' goes
;; through what it finds.  Where Flycheck is loaded, it gets a checker for `nginx-mode'.

;;; Code:

(require 'compile)

(defconst ngxlint-error-regexp
  '(ngxlint "^\\(.+?\\):\\([0-9]+\\):\\([0-9]+\\): \\(?:error\\|\\(warning\\)\\|\\(note\\)\\): "
            1 2 3 (4 . 5))
  "What a line of ngxlint's `concise' is, for `compilation-error-regexp-alist-alist'.")

(define-compilation-mode ngxlint-mode "ngxlint"
  "The findings of ngxlint."
  (setq-local compilation-error-regexp-alist-alist (list ngxlint-error-regexp))
  (setq-local compilation-error-regexp-alist '(ngxlint))
  ;; ngxlint counts characters, a tab is one.
  (setq-local compilation-error-screen-columns nil))

;;;###autoload
(defun ngxlint-check (command)
  "Run COMMAND, by default ngxlint below the current directory."
  (interactive
   (list (read-shell-command "Run: " "ngxlint check --quiet --output-format concise ")))
  (compilation-start command #'ngxlint-mode))

(with-eval-after-load 'flycheck
  (flycheck-define-checker ngxlint
    "A linter of nginx configuration."
    :command ("ngxlint" "check" "--quiet" "--output-format" "concise" source-original)
    :error-patterns
    ((error line-start (file-name) ":" line ":" column ": error: "
            (message (+? nonl)) " [" (id (+ (any "a-z0-9-"))) "]" line-end)
     (warning line-start (file-name) ":" line ":" column ": warning: "
              (message (+? nonl)) " [" (id (+ (any "a-z0-9-"))) "]" line-end)
     (info line-start (file-name) ":" line ":" column ": note: "
           (message (+? nonl)) " [" (id (+ (any "a-z0-9-"))) "]" line-end))
    :predicate flycheck-buffer-saved-p
    :modes (nginx-mode))
  (add-to-list 'flycheck-checkers 'ngxlint))

(provide 'ngxlint)
;;; ngxlint.el ends here
