package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.infotext.key.ImageSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InfotextWriteTest {

  @Test
  void write_usualRequest_isA1111sText() {
    PromptSpec spec =
        PromptSpec.builder().prompt("a cat <lora:ink:0.8>").negativePrompt("blurry").build();
    ImageSettings settings =
        new ImageSettings(
            spec,
            new ImageSize(512, 512),
            42,
            "v1-5-pruned-emaonly",
            Optional.of("6ce0161689"),
            Map.of("ink", "0123456789ab"),
            Map.of(),
            "v1.10.1");

    assertThat(Infotext.write(settings))
        .isEqualTo(
            "a cat <lora:ink:0.8>\n"
                + "Negative prompt: blurry\n"
                + "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42,"
                + " Size: 512x512, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, RNG: NV,"
                + " Lora hashes: \"ink: 0123456789ab\", Version: v1.10.1");
  }

  @Test
  void write_allElse_isInA1111sOrder() {
    PromptSpec spec =
        PromptSpec.builder()
            .steps(30)
            .sampler(Sampler.EULER_A)
            .cfgScale(7.5)
            .clipSkip(2)
            .rng(Rng.CPU)
            .build();
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put("b", "0123456789ab");
    hashes.put("a: b, c", "ba9876543210");
    ImageSettings settings =
        new ImageSettings(
            spec, new ImageSize(768, 512), -1, "model", Optional.empty(), hashes, Map.of(), "sd");

    assertThat(Infotext.write(settings))
        .isEqualTo(
            "Steps: 30, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.5, Seed: -1,"
                + " Size: 768x512, Model: model, Clip skip: 2, RNG: CPU,"
                + " Lora hashes: \"b: 0123456789ab, a b c: ba9876543210\", Version: sd");
  }

  @ParameterizedTest
  @CsvSource({
    "DPMPP_2M, AUTOMATIC, Karras",
    "DPMPP_2M, NORMAL, Normal",
    "EULER, AUTOMATIC, Automatic",
    "EULER_A, AUTOMATIC, Automatic",
    "EULER_A, KARRAS, Karras",
    "DDIM, AUTOMATIC, Automatic",
  })
  void write_schedule_isNamedAsInA1111(Sampler sampler, Schedule schedule, String label) {
    PromptSpec spec = PromptSpec.builder().sampler(sampler).schedule(schedule).build();

    assertThat(write(spec)).contains(", Schedule type: " + label + ", ");
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "7.0, 7",
    "7.5, 7.5",
    "0.1, 0.1",
    "100, 100",
    "0, 0",
    "2, 2",
    "0.0001, 0.0001",
    "1e-5, 1e-05",
    "1.25e-7, 1.25e-07",
    "2e-3, 0.002",
    "123456789.5, 123456789.5",
    "1e15, 1000000000000000",
    "1e16, 1e+16",
    "1.5e300, 1.5e+300",
    "2.0E-44, 2e-44"
  })
  void write_cfgScale_isAsInPython(double cfgScale, String text) {
    assertThat(write(PromptSpec.builder().cfgScale(cfgScale).build()))
        .contains(", CFG scale: " + text + ", Seed");
  }

  @Test
  void write_skippedLayers_comeWithTheirDefaults() {
    SamplerOptions options = SamplerOptions.builder().skipLayers(7, 8).build();

    assertThat(write(PromptSpec.builder().samplerOptions(options).build()))
        .contains(
            ", Skip layers: \"7, 8\", Skip layer scale: 2.8, Skip layer start: 0.01,"
                + " Skip layer end: 0.2");
  }

  @Test
  void write_styles_areInThePrompts() {
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a cat")
            .hiresFix(HiresFix.builder().prompt("a dog").build())
            .promptOptions(
                PromptOptions.DEFAULTS.withStyles(List.of(new Style("s", "ink, {prompt}", "blur"))))
            .build();

    String text = write(spec);

    assertThat(text)
        .startsWith("ink, a cat\nNegative prompt: blur\nSteps: ")
        .contains("Hires prompt: \"ink, a dog\"");
    assertThat(Infotext.parse(text).promptOptions().styles()).isEmpty();
  }

  @Test
  void write_lorasByObject_becomeTags() {
    LoraAdapter ink = lora("ink").withStrength(0.5);
    LoraAdapter oil = lora("oil").withStrength(LoraStrength.of(0, -1.25));

    assertThat(write(PromptSpec.builder().prompt("a cat").lora(ink).lora(oil).build()))
        .startsWith("a cat <lora:ink:0.5> <lora:oil:0:-1.25>\nSteps: ");
    assertThat(write(PromptSpec.builder().lora(ink).build())).startsWith("<lora:ink:0.5>\nSteps: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "my model v1.5|my model v1.5",
        "a,b|\"a,b\"",
        "a:b|\"a:b\"",
        "`a\nb`|\"a\\nb\"",
        "a \"b\", \\c|\"a \\\"b\\\", \\\\c\"",
        "\"a|\"\\\"a\"",
        "`\u0001,`|\"\\u0001,\"",
        "猫,|\"猫,\"",
      })
  void write_valuesThatCouldBeMisread_areJson(String modelName, String written) {
    assertThat(
            Infotext.write(
                new ImageSettings(
                    PromptSpec.builder().build(),
                    new ImageSize(8, 8),
                    0,
                    modelName,
                    Optional.empty(),
                    Map.of(),
                    Map.of(),
                    "v")))
        .endsWith(", Model: " + written + ", RNG: NV, Version: v");
  }

  private static String write(PromptSpec spec) {
    return Infotext.write(
        new ImageSettings(
            spec, new ImageSize(512, 512), 1, "model", Optional.empty(), Map.of(), Map.of(), "v"));
  }

  private static LoraAdapter lora(String name) {
    return new LoraAdapter(Path.of(name + ".safetensors"), ModelFamily.SD1, 1, 4, Map.of());
  }
}
