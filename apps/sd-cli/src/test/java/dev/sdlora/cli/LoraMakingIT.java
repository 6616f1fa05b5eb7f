package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.cli.model.BundledModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the commands that make LoRAs, on the bundled model. */
final class LoraMakingIT {
  private static final String INK =
      BundledModel.loras().resolve("ink_lines.safetensors").toString();
  private static final String NIGHT = BundledModel.loras().resolve("night.safetensors").toString();

  @TempDir Path folder;

  private JsonNode run(String... arguments) throws IOException {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private String file(String name) {
    return folder.resolve(name + ".safetensors").toString();
  }

  @Test
  void bakeThenExtract_givesALora() throws IOException {
    JsonNode baked = run("lora", "bake", INK + "=0.8", "--out", file("baked"), "--json");
    assertThat(baked.get("changed").asInt()).isPositive();
    assertThat(baked.get("unmatched")).isEmpty();

    JsonNode made =
        run(
            "lora",
            "extract",
            BundledModel.checkpoint().toString(),
            file("baked"),
            "--rank",
            "16",
            "--convolutions",
            "--out",
            file("extracted"),
            "--json");
    assertThat(made.get("modules").asInt()).isEqualTo(baked.get("changed").asInt());
    assertThat(made.get("kept_energy").asDouble()).isBetween(0.9, 1.0);
    assertThat(LoraAdapter.open(Path.of(file("extracted"))).rank()).isEqualTo(16);
  }

  @Test
  void mergeResizeConvert_giveLoras() throws IOException {
    JsonNode merged =
        run("lora", "merge", INK + "=0.5", NIGHT + "=1,-0.2", "--out", file("a"), "--json");
    assertThat(merged.get("kept_energy").asDouble()).isEqualTo(1);

    JsonNode resized =
        run("lora", "resize", file("a"), "--energy", "0.8", "--out", file("b"), "--json");
    assertThat(resized.get("kept_energy").asDouble()).isBetween(0.8, 1.0);
    assertThat(resized.get("rank").asInt()).isLessThan(merged.get("rank").asInt());

    String checkpoint = BundledModel.checkpoint().toString();
    run(
        "lora",
        "convert",
        file("b"),
        "--to",
        "peft",
        "--checkpoint",
        checkpoint,
        "--out",
        file("c"),
        "--json");
    assertThat(LoraAdapter.open(Path.of(file("c"))).modules())
        .isEqualTo(resized.get("modules").asInt());
  }
}
