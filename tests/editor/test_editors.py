"""Editors that people use, with the settings that README.md gives.

A person opens a file, sees the finding, takes a quick fix, saves and leaves.
"""
import os
import pathlib
import re
import unittest

from session import EditorTest, LEAK
from terminal import Terminal

README = pathlib.Path(__file__).resolve().parent.parent.parent / "README.md"
TEXT = LEAK.replace("if (early)", "if (early = 1)")
MENDED = LEAK.replace("if (early)", "if (early == 1)")
FINDING = r"onnection 'conn' acquired by 'PQconnectdb' leaks"
FIX = r"(\d): use '==' to turn"


def settings(language):
    """The settings in this language that README.md tells users to have."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"),
                          re.M | re.S)
    return block


class InAnEditor(EditorTest):

    def edit(self, *command):
        """The editor in a terminal, with a file that leaks."""
        self.file = self.write("file.c", TEXT)
        folder = pathlib.Path(self.program("CONNTIDY_CLANGD")).parent
        terminal = Terminal([*command, self.file.name], self.root, {
            "HOME": str(self.root / "home"), "XDG_CONFIG_HOME": str(self.root / "user"),
            "PATH": f"{folder}:{os.environ['PATH']}"})
        self.addCleanup(terminal.close)
        return terminal

    def saved(self):
        return self.file.read_text(encoding="utf-8")

    def test_neovim(self):
        self.write("user/nvim/init.lua", settings("lua"))
        terminal = self.edit("nvim")
        terminal.wait_for(FINDING)
        terminal.type(":4\r:lua vim.lsp.buf.code_action()\r")
        number = terminal.wait_for(FIX).group(1)
        terminal.type(f"{number}\r")
        terminal.wait_for("early == 1")
        terminal.type(":w\r")
        terminal.wait_until(lambda: self.saved() == MENDED)
        terminal.type(":q\r")
        self.assertEqual(terminal.wait_for_end(), 0)

    def test_emacs(self):
        # What Emacs has to say when it starts is no concern of ours.
        self.write("home/.emacs.d/early-init.el",
                   "(setq native-comp-async-report-warnings-errors nil ring-bell-function 'ignore)")
        self.write("home/.emacs.d/init.el", settings("elisp"))
        terminal = self.edit("emacs", "-nw")
        terminal.wait_for("Connected!")
        terminal.type_until("\x1bxflymake-goto-next-error\r", FINDING)
        terminal.type("\x1bgg4\r\x06\x06\x06\x06\x06\x06\x1bxeglot-code-actions\r")
        terminal.wait_for("Pick an action")
        terminal.type("use\t\r")
        terminal.wait_for("Edit successful")
        terminal.type("\x18\x13")
        terminal.wait_until(lambda: self.saved() == MENDED)
        terminal.type("\x18\x03")
        self.assertEqual(terminal.wait_for_end(), 0)


if __name__ == "__main__":
    unittest.main()
