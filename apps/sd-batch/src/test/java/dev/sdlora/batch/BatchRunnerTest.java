package dev.sdlora.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work of a runner without a model. */
final class BatchRunnerTest {
  @TempDir Path folder;

  private final List<String> diary = new ArrayList<>();

  private static Checkpoint checkpoint(Path path) {
    return new CheckpointBuilder(path, ModelFamily.SD1).build();
  }

  private BatchRunner runner(UnaryOperator<BatchRunner.Builder> settings) {
    return settings
        .apply(
            BatchRunner.builder(folder)
                .checkpoint(checkpoint(Path.of("usual")))
                .pipeline(model -> new PaintingPipeline(model, diary))
                .reading(pipeline -> BatchRunnerTest::read))
        .build();
  }

  private static PromptSpec read(ObjectNode settings) {
    return PromptSpec.builder()
        .prompt(settings.path("prompt").asText())
        .seed(settings.path("seed").asLong())
        .build();
  }

  private BatchRunner.Summary run(String... lines) {
    return run(builder -> builder, lines);
  }

  private BatchRunner.Summary run(UnaryOperator<BatchRunner.Builder> settings, String... lines) {
    return runner(settings).run(manifest(lines));
  }

  private static ByteArrayInputStream manifest(String... lines) {
    String text = String.join("\n", lines).replace('\'', '"');
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the last result of each request. */
  private Map<String, ObjectNode> results() throws IOException {
    Map<String, ObjectNode> results = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve("results.jsonl"))) {
      ObjectNode result = CanonicalJson.read(line);
      results.put(result.path("id").asText(), result);
    }
    return results;
  }

  private ObjectNode result(String id) throws IOException {
    return Optional.ofNullable(results().get(id)).orElseThrow();
  }

  private List<String> images() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".png"))
          .sorted()
          .toList();
    }
  }

  @Test
  void run_drawsEachRequest_byCheckpointAndLoras() throws IOException {
    Files.createDirectories(folder.resolve("models"));
    BatchRunner.Summary summary =
        run(
            builder -> builder.checkpointDirectory(folder.resolve("models")),
            "{'id': 'a', 'prompt': '<lora:x:1> a'}",
            "{'id': 'b', 'prompt': 'b'}",
            "{'id': 'c', 'prompt': '<lora:y:1> c'}",
            "{'id': 'd', 'prompt': '<lora:x:1> d'}");
    assertThat(diary)
        .containsExactly(
            "load usual",
            "draw b",
            "draw <lora:x:1> a",
            "draw <lora:x:1> d",
            "draw <lora:y:1> c",
            "close usual");
    assertThat(summary.drawn()).isEqualTo(4);
    assertThat(summary.failed() + summary.there()).isZero();
    assertThat(summary.checkpointLoads()).isEqualTo(1);
    assertThat(summary.loraSwitches()).isEqualTo(2);
    assertThat(images()).containsExactly("a.png", "b.png", "c.png", "d.png");
    assertThat(result("a").path("parameters").asText()).startsWith("<lora:x:1> a");
    assertThat(folder.resolve(OutputFolder.WORK)).isDirectoryContaining("glob:**/lock");
    assertThat(folder.resolve(OutputFolder.WORK)).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void rerun_drawsWhatIsMissing_andNothingElse() throws IOException {
    String[] lines = {"{'prompt': 'a', 'images': 3}", "{'id': 'b', 'prompt': 'b'}"};
    run(lines);
    List<String> names = images();
    byte[] first = Files.readAllBytes(folder.resolve(names.get(0)));
    Files.delete(folder.resolve(names.get(0)));
    byte[] second = Files.readAllBytes(folder.resolve(names.get(1)));
    Files.write(folder.resolve(names.get(1)), new byte[] {1, 2, 3});
    diary.clear();
    BatchRunner.Summary summary = run(lines);
    assertThat(diary).containsExactly("load usual", "draw a", "draw a", "close usual");
    assertThat(summary.drawn()).isEqualTo(2);
    assertThat(summary.there()).isEqualTo(2);
    assertThat(folder.resolve(names.get(0))).hasBinaryContent(first);
    assertThat(folder.resolve(names.get(1))).hasBinaryContent(second);
    diary.clear();
    assertThat(run(lines).there()).isEqualTo(4);
    assertThat(diary).isEmpty();
  }

  @Test
  void failure_isWrittenDown_theOthersAreDrawn_andItIsNotTriedAgain() throws IOException {
    String[] lines = {
      "{'id': 'a', 'prompt': 'impossible'}", "{'id': 'b', 'prompt': 'b'}", "{'nothing': 1}"
    };
    BatchRunner.Summary summary = run(lines);
    assertThat(summary.drawn()).isEqualTo(1);
    assertThat(summary.failed()).isEqualTo(2);
    assertThat(result("a").path("error").asText()).isEqualTo("nobody can draw that");
    assertThat(results().values())
        .anyMatch(result -> result.path("error").asText().contains("unknown setting 'nothing'"));
    long size = Files.size(folder.resolve("results.jsonl"));
    diary.clear();
    assertThat(run(lines).failed()).isEqualTo(2);
    assertThat(diary).isEmpty();
    assertThat(folder.resolve("results.jsonl")).hasSize(size);
    assertThat(run(builder -> builder.retryFailed(true), lines).failed()).isEqualTo(2);
    assertThat(diary).containsExactly("load usual", "draw impossible", "close usual");
  }

  @Test
  void checkpoint_thatCannotBeOpened_failsItsOwnRequests() throws IOException {
    BatchRunner.Summary summary =
        run(
            "{'id': 'a', 'prompt': 'a', 'checkpoint': 'no-such-file', 'seed': [1, 2]}",
            "{'id': 'b', 'prompt': 'b'}");
    assertThat(summary.failed()).isEqualTo(2);
    assertThat(summary.drawn()).isEqualTo(1);
    assertThat(result("a-2").path("error").asText())
        .isEqualTo("checkpoint 'no-such-file' does not exist");
  }

  @Test
  void request_withoutACheckpoint_saysSo() {
    BatchRunner runner = BatchRunner.builder(folder).build();
    assertThat(runner.run(manifest("{'prompt': 'a'}")).failed()).isEqualTo(1);
    assertThat(folder.resolve("results.jsonl"))
        .content()
        .contains("the request has no 'checkpoint', and the batch has no default checkpoint");
  }

  @Test
  void cancel_endsTheRun_whichGoesOnNextTime() throws IOException {
    assertThatThrownBy(() -> run("{'id': 'a', 'prompt': 'a'}", "{'id': 'b', 'prompt': 'cancel'}"))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(diary).last().isEqualTo("close usual");
    assertThat(results()).containsOnlyKeys("a");
    diary.clear();
    run("{'id': 'a', 'prompt': 'a'}", "{'id': 'b', 'prompt': 'b'}");
    assertThat(diary).containsExactly("load usual", "draw b", "close usual");
  }

  @Test
  void id_thatAsksForSomethingElseNow_isDrawnAnew() throws IOException {
    run("{'id': 'a', 'prompt': 'a'}");
    byte[] before = Files.readAllBytes(folder.resolve("a.png"));
    assertThat(run("{'id': 'a', 'prompt': 'b'}").drawn()).isEqualTo(1);
    assertThat(Files.readAllBytes(folder.resolve("a.png"))).isNotEqualTo(before);
    assertThat(run("{'id': 'a', 'prompt': 'b'}").there()).isEqualTo(1);
  }

  /** A run can be killed after an image is saved and before its result is written. */
  @Test
  void picture_withoutAResult_isTakenIfItsNameSaysWhatItIs() throws IOException {
    String[] lines = {"{'prompt': 'a'}", "{'id': 'b', 'prompt': 'b'}"};
    run(lines);
    Files.delete(folder.resolve("results.jsonl"));
    diary.clear();
    BatchRunner.Summary summary = run(lines);
    assertThat(diary).containsExactly("load usual", "draw b", "close usual");
    assertThat(summary.there()).isEqualTo(1);
    assertThat(results()).hasSize(2);
    assertThat(results().values())
        .allMatch(result -> result.path("parameters").asText().endsWith("Steps: 1"))
        .allMatch(result -> result.path("sha256").asText().length() == 64);
  }

  @Test
  void picture_ofARequestThatFailedBefore_isTaken() throws IOException {
    run("{'prompt': 'a'}");
    String drawn = Files.readString(folder.resolve("results.jsonl"));
    ObjectNode failed = CanonicalJson.read(drawn).put("error", "no memory");
    failed.remove("file");
    Files.writeString(folder.resolve("results.jsonl"), failed + "\n");
    assertThat(run("{'prompt': 'a'}").there()).isEqualTo(1);
    assertThat(results().values()).singleElement().matches(result -> !result.has("error"));
  }

  @Test
  void folder_inWhichThisProgramDraws_isRefused() {
    List<String> refusals = new ArrayList<>();
    run(
        builder ->
            builder.listener(
                new BatchListener() {
                  @Override
                  public void result(BatchResult result) {
                    try {
                      run("{'prompt': 'b'}");
                    } catch (BatchException e) {
                      refusals.add(e.getMessage());
                    }
                  }
                }),
        "{'prompt': 'a'}");
    assertThat(refusals)
        .singleElement()
        .asString()
        .contains("this process is already running a batch in");
    assertThat(run("{'prompt': 'b'}").drawn()).isEqualTo(1);
  }

  @Test
  void listener_isToldHowFarTheBatchIs_andEndsItByThrowing() {
    List<String> told = new ArrayList<>();
    BatchListener listener =
        new BatchListener() {
          @Override
          public void progress(Progress progress) {
            told.add(
                "%s/%s %s/%s"
                    .formatted(
                        progress.finished(), progress.total(), progress.step(), progress.steps()));
            if (progress.finished() == 1 && progress.step() == 1) {
              throw new IllegalArgumentException("enough");
            }
          }
        };
    String[] lines = {"{'prompt': 'a', 'seed': [1, 2]}"};
    assertThatThrownBy(() -> run(builder -> builder.listener(listener), lines))
        .hasMessage("enough");
    assertThat(told).containsExactly("0/2 0/0", "0/2 1/2", "1/2 0/0", "1/2 1/2");
    BatchRunner.Summary summary = run(lines);
    assertThat(summary.drawn()).isEqualTo(1);
    assertThat(summary.there()).isEqualTo(1);
  }

  @Test
  void plan_writesNothing_andOpensNothing() {
    BatchPlan plan =
        runner(builder -> builder)
            .plan(manifest("{'prompt': ['a', '<lora:x:1> b'], 'seed': [1, 2]}", "[]"));
    assertThat(plan.work()).hasSize(4);
    assertThat(plan.failed()).hasSize(1);
    assertThat(plan.requests()).isEqualTo(5);
    assertThat(plan.checkpointLoads()).isEqualTo(1);
    assertThat(plan.loraSwitches()).isEqualTo(1);
    assertThat(diary).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void folder_thatIsAFile_isRefusedBeforeTheWork() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    BatchRunner runner = BatchRunner.builder(folder.resolve("file")).build();
    assertThatThrownBy(() -> runner.run(manifest("{'prompt': 'a'}")))
        .isInstanceOf(BatchException.class)
        .hasMessageStartingWith("cannot write the images of the batch to '");
    assertThatThrownBy(() -> runner.run(folder.resolve("no-manifest")))
        .isInstanceOf(BatchException.class)
        .hasMessageStartingWith("cannot read the manifest '");
  }
}
