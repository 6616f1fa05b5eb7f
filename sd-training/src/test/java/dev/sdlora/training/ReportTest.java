package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.option.ValidationOptions;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reports of training runs, and their samples at several weights. */
@Timeout(600)
class ReportTest {
  @TempDir private Path folder;

  private LoraTrainerBuilder trainer() {
    return Fixtures.trainer(folder.resolve("discs.safetensors"))
        .trainingSet(
            TrainingSet.of(
                List.of(
                    TrainingExample.of(Fixtures.disc(Color.RED), "a <b>red</b> disc & \"more\""),
                    TrainingExample.of(Fixtures.disc(Color.GREEN), "a green disc"),
                    TrainingExample.of(Fixtures.disc(Color.BLUE), "a blue disc"))))
        .report(folder.resolve("reports/discs.html"));
  }

  private String report() throws IOException {
    return Files.readString(folder.resolve("reports/discs.html"));
  }

  @Test
  void train_report_hasAllSectionsAndNothingFromElsewhere() throws IOException {
    trainer().validation(new ValidationOptions(0.3, 2, 0)).build().train();

    String page = report();
    assertThat(page)
        .contains(
            "<title>Training of discs</title>",
            "Finished after 5 steps",
            "Weight to begin with",
            "Loss by noise level",
            "on held-out images (1 of them)",
            "Effect by block",
            "IN01",
            "<td>learningRate</td><td>0.005</td>",
            "a &lt;b&gt;red&lt;/b&gt; disc &amp; &quot;more&quot;")
        .doesNotContain("<script", "http://", "https://", "<b>red", "<h2>Samples</h2>");
  }

  @Test
  @Tag("slow")
  void train_samplesAtSeveralWeights_areFilesSheetsAndInTheReport() throws IOException {
    List<String> told = new ArrayList<>();
    try (Pipeline pipeline =
        Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a disc")
              .size(new ImageSize(64, 64))
              .steps(1)
              .seed(1)
              .build();
      trainer()
          .pipeline(pipeline)
          .steps(4)
          .samples(List.of(spec, spec.toBuilder().prompt("a star").build()), 2)
          .sampleWeights(List.of(0.0, 1.0, 2.0))
          .listener(
              new TrainingListener() {
                @Override
                public void sample(Path file) {
                  told.add(String.valueOf(file.getFileName()));
                }
              })
          .build()
          .train();
    }

    assertThat(told)
        .hasSize(16)
        .startsWith(
            "discs-step000002-1.png",
            "discs-step000002-2.png",
            "discs-step000002-3.png",
            "discs-step000002-weights-1.png",
            "discs-step000002-4.png");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName()))).containsAll(told);
    }
    // At weight 0 the LoRA has no effect, whatever the step.
    assertThat(Files.readAllBytes(folder.resolve("discs-step000002-3.png")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("discs-step000002-1.png")));
    assertThat(report())
        .contains("<h3>a disc</h3>", "<h3>a star</h3>", "weight 2", "step 4")
        .contains("src=\"data:image/jpeg;base64,");
    assertThat(report().split("<img ", -1)).hasSize(13);
  }

  @Test
  void train_cancelled_writesTheReportOfTheStop() throws IOException {
    ResumeTest.trainWith(trainer(), 3, LoraTrainer::cancel);

    assertThat(report()).contains("Stopped at step 3 of 5; it can be resumed");
  }

  @Test
  void readable_recordsAndOptions_haveNoWordsOfJava() {
    assertThat(
            RunReport.readable(
                "AdapterOptions[kind=LORA, rank=OptionalInt.empty, alpha=OptionalDouble[0.5],"
                    + " rules=[LayerRule[layers=IN04, rateFactor=1.0]]]"))
        .isEqualTo("kind=LORA, rank=none, alpha=0.5, rules=[(layers=IN04, rateFactor=1.0)]");
    assertThat(RunReport.readable("64x64")).isEqualTo("64x64");
  }
}
