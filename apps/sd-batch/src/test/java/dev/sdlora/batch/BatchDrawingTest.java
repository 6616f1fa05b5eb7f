package dev.sdlora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches drawn with the bundled model. */
final class BatchDrawingTest {
  @TempDir Path folder;

  private static Pipeline pipeline(Checkpoint checkpoint) {
    return Pipeline.builder()
        .checkpoint(checkpoint)
        .loraDirectory(DemoModel.loras())
        .precision(Precision.FLOAT32)
        .build();
  }

  private BatchRunner runner(String name) {
    return BatchRunner.builder(folder.resolve(name))
        .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
        .pipeline(BatchDrawingTest::pipeline)
        .build();
  }

  private List<String> lines() {
    return new ArrayList<>(
        List.of(
            "{'id': 'plain', 'prompt': 'a red star', 'seed': 1, 'sampler': 'Euler a'}",
            "{'id': 'tag', 'prompt': 'a red star <lora:ink_lines:0.8>', 'seed': 1}",
            "{'id': 'weight', 'prompt': 'a heart', 'lora': {'path': 'night', 'weight': [0.5, 1]}}",
            "{'id': 'skipped', 'prompt': 'a red star', 'negative': 'a heart', 'clip_skip': 2}",
            "{'id': 'file', 'prompt': 'a ring', 'lora': '%s'}"
                .formatted(DemoModel.loras().resolve("ink_lines.safetensors"))));
  }

  /** Writes a manifest of 72x72 images with two steps. */
  private Path manifest(List<String> lines) throws IOException {
    String text = "{'defaults': {'size': '72x72', 'steps': 2}}\n" + String.join("\n", lines) + "\n";
    return Files.writeString(
        folder.resolve("manifest.jsonl"),
        text.replace('\'', '"').replace('\\', '/'),
        StandardCharsets.UTF_8);
  }

  @Test
  void run_inAnyOrder_andInParts_drawsTheSameBytes_asThePipelineAlone() throws IOException {
    List<String> lines = lines();
    BatchRunner.Summary whole = runner("whole").run(manifest(lines));
    assertThat(whole.drawn()).isEqualTo(6);
    assertThat(whole.failed()).isZero();
    assertThat(whole.checkpointLoads()).isEqualTo(1);
    assertThat(whole.loraSwitches()).isEqualTo(4);

    // The line comes last, so that its start image exists.
    lines.add("{'id': 'redrawn', 'prompt': 'a ring', 'init': '%s'}".formatted(path("plain")));
    Collections.reverse(lines);
    runner("parts").run(manifest(lines.subList(0, 3)));
    assertThat(runner("parts").run(manifest(lines)).there()).isEqualTo(3);
    for (String id : List.of("plain", "tag", "weight-1", "weight-2", "skipped", "file")) {
      assertThat(folder.resolve("parts/" + id + ".png"))
          .as(id)
          .hasSameBinaryContentAs(folder.resolve("whole/" + id + ".png"));
    }
    assertThat(folder.resolve("parts/redrawn.png")).exists();

    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    try (Pipeline alone = pipeline(checkpoint)) {
      PromptSpec spec =
          checkpoint.defaults().toBuilder()
              .prompt("a red star")
              .seed(1)
              .sampler(Sampler.EULER_A)
              .size(72, 72)
              .steps(2)
              .build();
      assertThat(folder.resolve("whole/plain.png"))
          .hasBinaryContent(alone.generate(spec).first().png());
    }
    for (String line : Files.readAllLines(folder.resolve("whole/results.jsonl"))) {
      ObjectNode result = CanonicalJson.read(line);
      assertThat(result.path("size").asText()).isEqualTo("72x72");
      assertThat(result.path("precision").asText()).isEqualTo("float32");
      assertThat(result.path("seed")).isEqualTo(result.path("request").path("seed"));
      assertThat(result.path("warnings")).isEmpty();
    }
  }

  private String path(String id) {
    return folder.resolve("whole/" + id + ".png").toString();
  }
}
