package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing in these texts says FLUX; only the checkpoint tells. */
class Flux1TextTest {
  @ParameterizedTest
  @CsvSource({
    "'Version: ComfyUI', FLUX1, 256",
    "'Version: ComfyUi', FLUX1, 256",
    "'Version: SwarmUI 0.9.5', FLUX1, 256",
    "'Created Date: 2024, Civitai resources: [{\"type\":\"checkpoint\"}]', FLUX1, 256",
    "'T5 tokens: 300, Version: ComfyUI', FLUX1, 300",
    "'Civitai resources: [], Version: InvokeAI 5.0', FLUX1, -1",
    "'Version: 6846b1a, App: SD.Next', FLUX1, -1",
    "'Version: ComfyUI', SD3, -1"
  })
  void of_textOfComfyUi_hasItsT5Tokens(String settings, ModelFamily family, int tokens) {
    PromptSpec read =
        Infotext.parse("a cat\nSteps: 2, Sampler: Euler, CFG scale: 1, Seed: 5, " + settings);
    Checkpoint checkpoint = new CheckpointBuilder(Path.of("model.safetensors"), family).build();
    Flux1Text meant = Flux1Text.of(read, checkpoint);
    assertThat(meant.spec().promptOptions().t5Tokens().orElse(-1)).isEqualTo(tokens);
    assertThat(meant.spec().cfgScale()).isEqualTo(1);
    assertThat(meant.warnings()).isEmpty();
  }
}
