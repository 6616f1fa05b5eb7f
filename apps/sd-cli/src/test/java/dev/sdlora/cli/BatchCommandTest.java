package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.batch.BatchListener.Progress;
import dev.sdlora.batch.BatchRequest;
import dev.sdlora.cli.report.BatchProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code sd batch} without generating images: plans, errors, exit codes. */
final class BatchCommandTest {
  @TempDir Path folder;

  private String manifest(String... lines) throws IOException {
    String text = String.join("\n", lines).replace('\'', '"');
    return Files.writeString(folder.resolve("manifest.jsonl"), text).toString();
  }

  private String out() {
    return folder.resolve("out").toString();
  }

  @Test
  void dryRun_showsTheOrderAndTheSwitches_andWritesNothing() throws IOException {
    String manifest =
        manifest(
            "{'id': 'a', 'prompt': 'x', 'lora': 'night'}",
            "{'id': 'b', 'prompt': 'x'}",
            "{'id': 'c', 'prompt': 'x', 'checkpoint': 'other.safetensors'}");
    CommandRun run = CommandRun.of("batch", manifest, "--out", out(), "--dry-run");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .containsExactly(
            "b.png  line 2, demo-sd1",
            "a.png  line 1, demo-sd1, night:1",
            "c.png  line 3, other.safetensors",
            "3 to generate, 0 already done, 0 failed; loads a checkpoint 2 times, switches LoRAs"
                + " once");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void dryRun_asJson_hasALineForEachRequest() throws IOException {
    String manifest = manifest("{'id': 'a', 'prompt': 'x'}", "{'promt': 'x'}");
    CommandRun run = CommandRun.of("batch", manifest, "-o", out(), "--dry-run", "--json");
    assertThat(run.exitCode()).isEqualTo(3);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).path("state").asText()).isEqualTo("open");
    assertThat(lines.get(1).path("error").asText()).contains("unknown setting 'promt'");
    assertThat(lines.get(2).path("failed").asInt()).isEqualTo(1);
  }

  @Test
  void requests_thatCannotBeDrawn_endWithThree_andAreToldOnce() throws IOException {
    String manifest = manifest("{'id': 'a', 'prompt': 'x', 'checkpoint': 'nothing'}", "{");
    CommandRun run = CommandRun.of("batch", manifest, "--out", out());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("sd: line 1 of the manifest: checkpoint 'nothing' does not exist\n")
        .contains("sd: line 2 of the manifest: it is not JSON")
        .contains("0 generated, 0 already done, 2 failed, in ");
    CommandRun again = CommandRun.of("batch", manifest, "--out", out(), "--quiet");
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err())
        .contains("a request failed before and is skipped; use --retry-failed to retry")
        .doesNotContain("'nothing'");
    CommandRun retried = CommandRun.of("batch", manifest, "--out", out(), "--retry-failed");
    assertThat(retried.err()).contains("checkpoint 'nothing' does not exist");
  }

  @Test
  void manifest_thatIsNotThere_endsWithOne() {
    CommandRun run = CommandRun.of("batch", folder.resolve("no").toString(), "--out", out());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("sd: cannot read the manifest '")
        .endsWith("no': no such file or folder\n");
    assertThat(CommandRun.of("batch", "x").exitCode()).isEqualTo(2);
  }

  @Test
  void progress_tellsPictureStepAndTime() {
    BatchRequest request =
        new BatchRequest("a", "a", 1, Optional.empty(), List.of(), "{}", Optional.empty());
    assertThat(
            BatchProgress.text(
                new Progress(request, 3, 20, 3, 40, Optional.of(Duration.ofSeconds(3725)))))
        .isEqualTo("image 4/40 [##----------------------------] step 3/20, 1:02:05 left");
    assertThat(BatchProgress.text(new Progress(request, 0, 0, 0, 2, Optional.empty())))
        .isEqualTo("image 1/2 [------------------------------]");
  }
}
