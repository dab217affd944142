"""The public conformance suite for Jupyter kernels (jupyter_kernel_test), with every optional section switched on,
and beside it what the suite does not ask: stop_on_error, interrupts, and what survives which failure.

    python conformance.py [unittest's options]       KERNEL names the kernelspec (`rust`)

The cells need nothing but the standard library, so a plain evcxr_jupyter can be asked the same.
"""

import os
import threading
import unittest

import jupyter_kernel_test
from jupyter_client.manager import start_new_kernel

KERNEL = os.environ.get("KERNEL", "rust")
# A first cell compiles; a busy machine compiles slowly.
jupyter_kernel_test.TIMEOUT = 120

BLOCK = 'println!("EVCXR_BEGIN_CONTENT {}\\n{}\\nEVCXR_END_CONTENT");'


class Conformance(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "rust"
    file_extension = ".rs"
    code_hello_world = 'println!("hello, world")'
    code_stderr = 'eprintln!("oops")'
    completion_samples = [
        {"text": ":versi", "matches": {":version"}},
        {"text": "std::collections::BTreeM", "matches": {"BTreeMap"}},
    ]
    complete_code_samples = ["1", "let x = 1;", "fn f() -> i32 { 1 }", ':dep a = "1"', 'println!("{")']
    incomplete_code_samples = ["fn f() {", "let x =", "let x = 1", '"abc', "vec![1,", "/* comment"]
    invalid_code_samples = [")", "fn 1() {}", "let = 3;"]
    code_page_something = "?Vec"
    code_generate_error = 'panic!("on purpose")'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": '"a".repeat(3)', "result": '"aaa"'},
        {"code": "vec![1, 2]", "result": "[1, 2]"},
    ]
    code_display_data = [
        {"code": BLOCK.format("text/html", "<b>1</b>"), "mime": "text/html"},
        {"code": BLOCK.format("image/png", "iVBORw0KGgo="), "mime": "image/png"},
    ]
    code_history_pattern = "1*2"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Vec"
    code_clear_output = 'println!("EVCXR_CLEAR_OUTPUT wait");'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The suite's helpers wait a tenth of a second for outputs, less than a cell takes.
        cls.kc.execute_interactive("1", timeout=120)


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


class Beyond(unittest.TestCase):
    """What notebooks rely on, beyond the suite."""

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=KERNEL, startup_timeout=120)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    def run_cell(self, code, **options):
        """The reply to a cell, and its outputs as (type, content)."""
        outputs = []
        reply = self.kc.execute_interactive(
            code,
            timeout=120,
            output_hook=lambda message: outputs.append((message["msg_type"], message["content"])),
            **options,
        )
        around = ("status", "execute_input")
        return reply["content"], [output for output in outputs if output[0] not in around]

    def value(self, code):
        reply, outputs = self.run_cell(code)
        self.assertEqual(reply["status"], "ok", reply)
        return [content["data"]["text/plain"] for kind, content in outputs if kind == "execute_result"][-1]

    def fails(self, code, name):
        reply, outputs = self.run_cell(code)
        self.assertEqual((reply["status"], reply.get("ename")), ("error", name))
        errors = [content for kind, content in outputs if kind == "error"]
        self.assertEqual(len(errors), 1)
        return "\n".join(errors[0]["traceback"])

    def test_failures_keep_variables_and_show_the_line(self):
        self.run_cell("let kept = vec![1, 2, 3];")
        self.assertIn("let gone = kept[7];", self.fails("let before = 1;\nlet gone = kept[7];", "Panic"))
        self.assertIn('"x".parse()?', self.fails('let n: i32 = "x".parse()?;', "Error"))
        self.assertIn("let n: i32 = kept;", self.fails("let n: i32 = kept;", "CompileError"))
        self.assertEqual(self.value("kept.len()"), "3")

    def test_a_crash_says_what_was_lost(self):
        self.run_cell("let doomed = 1;")
        self.assertIn("doomed", self.fails("std::process::abort();", "Crash"))
        self.assertIn("exit status: 3", self.fails("std::process::exit(3);", "Exit"))
        kill = 'std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();'
        self.fails(kill, "Killed")
        self.assertEqual(self.value("1 + 1"), "2")

    def interrupt_after(self, *seconds):
        def send():
            message = self.kc.session.msg("interrupt_request", {})
            self.kc.control_channel.send(message)

        for second in seconds:
            threading.Timer(second, send).start()

    def test_an_interrupt_that_is_heard_keeps_variables(self):
        self.run_cell("let kept = 5;")
        self.interrupt_after(3)
        loop = """let file = std::env::var("EVCXR_INTERRUPT_FILE").unwrap();
for _ in 0..600 {
    std::thread::sleep(std::time::Duration::from_millis(100));
    if std::fs::remove_file(&file).is_ok() { return; }
}"""
        reply, _ = self.run_cell(f"fn wait() {{ {loop} }}\nwait();")
        self.assertEqual((reply["status"], reply.get("ename")), ("error", "Interrupted"))
        self.assertEqual(self.value("kept"), "5")

    def test_a_second_interrupt_kills(self):
        self.interrupt_after(3, 5)
        trace = self.fails("loop { std::thread::sleep(std::time::Duration::from_millis(100)); }", "Interrupted")
        self.assertIn("killed", trace)
        self.assertEqual(self.value("1 + 1"), "2")

    def test_outputs_come_while_the_cell_runs(self):
        import time

        seen = []
        self.kc.execute_interactive(
            'for i in 0..3 { print!("{i} "); std::thread::sleep(std::time::Duration::from_millis(600)); }',
            timeout=120,
            output_hook=lambda message: message["msg_type"] == "stream" and seen.append(time.monotonic()),
        )
        self.assertGreaterEqual(len(seen), 3)
        self.assertGreater(seen[2] - seen[0], 0.9)

    def test_a_display_is_updated_in_place(self):
        def block(attributes, text):
            return f'println!("EVCXR_BEGIN_CONTENT text/html id=bar{attributes}\\n{text}\\nEVCXR_END_CONTENT");'

        _, outputs = self.run_cell(block("", "one") + block(" update", "two"))
        self.assertEqual([kind for kind, _ in outputs], ["display_data", "update_display_data"])
        self.assertEqual(outputs[1][1]["transient"]["display_id"], "bar")

    def test_what_follows_a_failure_is_not_executed(self):
        requests = [self.kc.execute(code) for code in ['panic!("first")', "1", "2"]]
        replies = {}
        while len(replies) < len(requests):
            reply = self.kc.get_shell_msg(timeout=120)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
        self.assertEqual([replies[request] for request in requests], ["error", "aborted", "aborted"])
        self.assertEqual(self.value("3"), "3")

    def test_counting(self):
        first = self.run_cell("1")[0]["execution_count"]
        reply, outputs = self.run_cell('println!("quiet");', silent=True)
        self.assertEqual((reply["status"], outputs), ("ok", []))
        self.assertEqual(self.run_cell("2", store_history=False)[0]["execution_count"], first)
        self.assertEqual(self.run_cell("3")[0]["execution_count"], first + 1)

    def test_expressions_of_the_client(self):
        reply, _ = self.run_cell("let asked = 20;", user_expressions={"twice": "asked * 2", "none": "nothing"})
        self.assertEqual(reply["user_expressions"]["twice"]["data"]["text/plain"], "40")
        self.assertEqual(reply["user_expressions"]["none"]["status"], "error")

    def test_input(self):
        import queue

        code = 'println!("EVCXR_INPUT_REQUEST:Who?");\nlet mut line = String::new();\n'
        request = self.kc.execute(code + "std::io::stdin().read_line(&mut line)?;", allow_stdin=True)
        question = self.kc.get_stdin_msg(timeout=120)
        self.assertEqual(question["content"]["prompt"], "Who?")
        self.kc.input("Ferris")
        while self.kc.get_shell_msg(timeout=120)["parent_header"]["msg_id"] != request:
            pass
        try:
            while True:
                self.kc.get_iopub_msg(timeout=0.5)
        except queue.Empty:
            pass
        self.assertEqual(self.value("line.trim()"), '"Ferris"')

    def test_a_changed_type_takes_its_variables_along(self):
        self.run_cell("#[derive(Clone, Copy, Debug)] struct Changing { x: u32 }")
        self.run_cell("let old = Changing { x: 1 }; let stays = 1;")
        _, outputs = self.run_cell("#[derive(Clone, Copy, Debug)] struct Changing { x: f32 }")
        told = "".join(content["text"] for kind, content in outputs if kind == "stream")
        self.assertIn("old", told)
        self.fails("old", "CompileError")
        self.assertEqual(self.value("stays"), "1")

    def test_a_comm_that_nobody_knows_is_closed(self):
        message = self.kc.session.msg("comm_open", {"comm_id": "c", "target_name": "nobody", "data": {}})
        self.kc.shell_channel.send(message)
        while True:
            answer = self.kc.get_iopub_msg(timeout=30)
            if answer["msg_type"] == "comm_close":
                break
        self.assertEqual(answer["content"]["comm_id"], "c")


if __name__ == "__main__":
    unittest.main()
