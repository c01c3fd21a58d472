# shellcheck shell=bash disable=SC2154
# The plugin of MegaLinter, run by the command that MegaLinter makes of it.

test_megalinter_plugin_is_run() {
    printf 'events {}\nhttp {\n    nonsense;\n}\n' >nginx.conf
    PATH="$built:$PATH" python - "$home" "$version" <<'EOF'
import json, pathlib, subprocess, sys, yaml
home, version = pathlib.Path(sys.argv[1]), sys.argv[2]
(path,) = home.glob("integrations/mega-linter-plugin-*/*.megalinter-descriptor.yml")
linter = yaml.safe_load(path.read_text())["linters"][0]
assert linter["cli_lint_mode"] == "project"
assert linter["install"] == {"dockerfile": [f"RUN pip install --no-cache-dir ngxlint=={version}"]}
sarif = [one.replace("{{SARIF_OUTPUT_FILE}}", "out.sarif") for one in linter["cli_sarif_args"]]
command = [linter["cli_executable"], *linter["cli_lint_extra_args"]]
assert subprocess.run(command).returncode == 1
assert subprocess.run(command + sarif).returncode == 1
(found,) = json.load(open("out.sarif"))["runs"][0]["results"]
assert found["ruleId"] == "unknown-directive", found
version_command = [linter["cli_executable"], linter["cli_version_arg_name"]]
assert f"ngxlint {version}\n" in subprocess.run(version_command, capture_output=True, text=True).stdout
EOF
}
