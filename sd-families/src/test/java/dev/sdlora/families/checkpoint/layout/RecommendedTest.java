package dev.sdlora.families.checkpoint.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommendedTest {
  private static final PromptSpec A1111 = PromptSpec.builder().build();

  private static Checkpoint noted(ModelFamily family, Map<String, String> metadata) {
    return Recommended.noted(
        new CheckpointBuilder(Path.of("model.safetensors"), family).build(), metadata);
  }

  private static Checkpoint noted(Map<String, String> metadata) {
    return noted(ModelFamily.SD1, metadata);
  }

  @Test
  void metadata_withoutRecommendations_leavesTheDefaults() {
    Checkpoint checkpoint = noted(Map.of("modelspec.title", "a model"));
    assertThat(checkpoint.defaults()).isEqualTo(A1111);
    assertThat(checkpoint.defaultSize()).isEqualTo(new ImageSize(512, 512));
  }

  @Test
  void metadata_withRecommendations_setsThem() {
    Checkpoint checkpoint =
        noted(
            Map.of(
                "sdlora.cfg_scale", "4.5",
                "sdlora.steps", "12",
                "sdlora.sampler", "Euler a",
                "sdlora.schedule", "Karras",
                "modelspec.encoder_layer", "2",
                "modelspec.resolution", "768x512"));
    assertThat(checkpoint.defaults())
        .isEqualTo(
            PromptSpec.builder()
                .cfgScale(4.5)
                .steps(12)
                .sampler(Sampler.EULER_A)
                .schedule(Schedule.KARRAS)
                .clipSkip(2)
                .build());
    assertThat(checkpoint.defaultSize()).isEqualTo(new ImageSize(768, 512));
  }

  @Test
  void hiresFix_isSuitedUnlessTheMetadataSaysNo() {
    assertThat(noted(Map.of()).suitsHiresFix()).isTrue();
    assertThat(noted(Map.of("sdlora.hires_fix", "maybe")).suitsHiresFix()).isTrue();
    assertThat(noted(Map.of("sdlora.hires_fix", " No ")).suitsHiresFix()).isFalse();
  }

  @Test
  void usageHint_isALineOfTheMetadata() {
    assertThat(noted(Map.of()).usageHint()).isEmpty();
    assertThat(noted(Map.of("modelspec.usage_hint", " \n")).usageHint()).isEmpty();
    assertThat(noted(Map.of("modelspec.usage_hint", "Use\r\n20 steps.\u001b[2J ")).usageHint())
        .hasValue("Use 20 steps. [2J");
    assertThat(noted(Map.of("modelspec.usage_hint", "x".repeat(501))).usageHint())
        .hasValue("x".repeat(499) + "…");
  }

  @Test
  void sampler_withItsSchedule_setsBoth() {
    PromptSpec defaults = noted(Map.of("sdlora.sampler", "DPM++ SDE Karras")).defaults();
    assertThat(defaults.sampler()).isEqualTo(Sampler.DPMPP_SDE);
    assertThat(defaults.schedule()).isEqualTo(Schedule.KARRAS);
  }

  @Test
  void encoderLayer_ofSdxl_isIgnored() {
    Checkpoint checkpoint = noted(ModelFamily.SDXL, Map.of("modelspec.encoder_layer", "2"));
    assertThat(checkpoint.defaults().clipSkip()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "sdlora.cfg_scale, NaN",
    "sdlora.cfg_scale, 1e9",
    "sdlora.cfg_scale, -1",
    "sdlora.steps, 1000000000",
    "sdlora.steps, 0",
    "sdlora.steps, 12.5",
    "sdlora.sampler, the best one",
    "modelspec.encoder_layer, -2",
    "modelspec.resolution, 8x8",
    "modelspec.resolution, 65536x65536",
    "modelspec.resolution, 500x500",
    "modelspec.resolution, large",
  })
  void metadata_thatMakesNoSense_leavesTheDefaults(String key, String value) {
    Checkpoint checkpoint = noted(Map.of(key, value));
    assertThat(checkpoint.defaults()).isEqualTo(A1111);
    assertThat(checkpoint.defaultSize()).isEqualTo(new ImageSize(512, 512));
  }

  @Property(tries = 200)
  void metadata_ofAnyText_isReadOrIgnored(
      @ForAll @AlphaChars @NumericChars @StringLength(max = 80) String value) {
    Checkpoint checkpoint =
        noted(
            Map.of(
                "sdlora.cfg_scale", value,
                "sdlora.steps", value,
                "sdlora.schedule", value,
                "modelspec.resolution", value));
    assertThat(checkpoint.defaults().steps()).isBetween(1, 150);
    assertThat(checkpoint.defaults().cfgScale()).isBetween(0.0, 30.0);
  }
}
