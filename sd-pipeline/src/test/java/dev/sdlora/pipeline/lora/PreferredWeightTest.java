package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.pipeline.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the recommended weight in a file next to a LoRA. */
class PreferredWeightTest {
  @TempDir private Path folder;

  private LoraAdapter lora() throws IOException {
    Path file = folder.resolve("ink.v2.safetensors");
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), file);
    return LoraAdapter.open(file);
  }

  private Path sidecar() {
    return folder.resolve("ink.v2.json");
  }

  @Test
  void write_noFileYet_makesOneThatIsRead() throws IOException {
    LoraAdapter lora = lora();
    lora.writePreferredWeight(0.8);

    assertThat(lora.details().preferredWeight()).hasValue(0.8);
    assertThat(sidecar()).content().contains("\"preferred weight\" : 0.8");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void write_otherKeys_stay() throws IOException {
    LoraAdapter lora = lora();
    Files.writeString(
        sidecar(), "{\"description\": \"né\", \"preferred weight\": 0, \"x\": {\"y\": [1, 2.5]}}");
    lora.writePreferredWeight(-1.25);

    assertThat(Files.readString(sidecar()).replaceAll("\\s+", ""))
        .isEqualTo("{\"description\":\"né\",\"preferredweight\":-1.25,\"x\":{\"y\":[1,2.5]}}");
    assertThat(lora.details().preferredWeight()).hasValue(-1.25);
  }

  @Test
  void write_whatIsNotUnderstood_stays() throws IOException {
    LoraAdapter lora = lora();
    for (String damaged : List.of("{\"a\": ", "[1]", "null", "")) {
      Files.writeString(sidecar(), damaged);
      assertThatThrownBy(() -> lora.writePreferredWeight(1))
          .as(damaged)
          .isInstanceOf(LoraException.class)
          .hasMessageStartingWith("'" + sidecar() + "' ")
          .hasMessageContaining("was left unchanged");
      assertThat(sidecar()).hasContent(damaged);
    }
    Files.delete(sidecar());
    Files.createDirectory(sidecar());
    assertThatThrownBy(() -> lora.writePreferredWeight(1)).isInstanceOf(LoraException.class);
    assertThatThrownBy(() -> lora.writePreferredWeight(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> lora.writePreferredWeight(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
