"""What a lesson does in the kernel, with the library: train with a live chart, stop it, go on.

    python library.py [unittest's options]       KERNEL names the kernelspec (`rust`)
"""

import os
import threading
import unittest

from session import DEPENDENCY, Session

LEARNER = """
let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 8, 32, 1));
let loader: DataLoader = DataLoader::new(pictures, Transform::square(32), 16).shuffled(0);
let net: Box<dyn Backbone> = models::build("resnet18", 12, Device::Cpu, 0)?;
let mut learner: Learner = Learner::new(net, loader.clone())
    .callback(ProgressBar::new())
    .callback(LiveChart::new("On the way"));
"""


class Library(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = Session(os.environ.get("KERNEL", "rust"))
        cls.addClassCleanup(cls.kernel.close)
        for code in (DEPENDENCY, LEARNER):
            answer = cls.kernel.run(code)
            assert answer.status == "ok", answer.text()

    def value(self, code):
        answer = self.kernel.run(code)
        self.assertEqual(answer.status, "ok", answer.text())
        return answer.text().strip()

    def test_bar_and_chart_move_and_end_as_one_output_each(self):
        answer = self.kernel.run("let history: History = learner.fit(2)?;")
        self.assertEqual(answer.status, "ok", answer.text())
        shown = [content for _, kind, content in answer.outputs if kind == "display_data"]
        moved = [
            (seconds, content["transient"]["display_id"])
            for seconds, kind, content in answer.outputs
            if kind == "update_display_data"
        ]
        # The bar and the chart: each one output, which a notebook saves as it was in the end.
        self.assertEqual(len(shown), 2)
        for display in (content["transient"]["display_id"] for content in shown):
            times = [seconds for seconds, moving in moved if moving == display]
            self.assertGreaterEqual(len(times), 2, display)
            self.assertLess(times[0], answer.seconds - 0.3)
        self.assertEqual(self.value("history.epochs.len()"), "2")

    def test_an_interrupt_stops_training_and_keeps_the_model(self):
        sent = []

        def interrupt(*_):
            # With the first thing that is shown, the training is on its way.
            if not sent:
                sent.append(True)
                threading.Timer(1, self.kernel.interrupt).start()

        before = self.value("learner.net().parameter_counts()")
        answer = self.kernel.run("learner.fit(1000)?;", seen=interrupt)
        self.assertEqual((answer.status, answer.name), ("error", "Interrupted"))
        self.assertEqual(self.value("learner.net().parameter_counts()"), before)
        self.assertEqual(self.kernel.run("learner.fit(1)?;").status, "ok")

    def test_a_failure_inside_the_library_is_told(self):
        answer = self.kernel.run('let lost = ImageFolder::open("no/such/folder")?;')
        self.assertEqual((answer.status, answer.name), ("error", "Error"))
        self.assertIn("no/such/folder", answer.text())
        self.assertIn("let lost", answer.text())


if __name__ == "__main__":
    unittest.main()
