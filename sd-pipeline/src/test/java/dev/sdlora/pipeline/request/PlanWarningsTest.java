package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.testkit.TaughtModels;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the warnings of {@link Pipeline#check}, {@link Pipeline#generate} and {@link
 * PromptExplanation}.
 */
class PlanWarningsTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a red cat").size(128, 128).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Checkpoint model;
  private static Pipeline pipeline;

  /** Opens a model that lists its words and its size, with a LoRA that has trigger words. */
  @BeforeAll
  static void open() throws IOException {
    Path loras = Files.createDirectory(folder.resolve("loras"));
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), loras.resolve("ink.safetensors"));
    Files.writeString(loras.resolve("ink.json"), "{\"activation text\": \"Mox style\"}");
    Path sized =
        TaughtModels.noted(
            Fixtures.CHECKPOINT,
            "modelspec.resolution",
            "128x128",
            folder.resolve("sized.safetensors"));
    model =
        Checkpoint.open(
            TaughtModels.copy(sized, "a, cat, red", folder.resolve("taught.safetensors")));
    pipeline = Fixtures.float32().checkpoint(model).loraDirectory(loras).build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static HiresFix.Builder hires(double scale) {
    return HiresFix.builder().scale(scale).steps(1).denoisingStrength(0.7);
  }

  private static Arguments about(PromptSpec.Builder spec, String... settings) {
    return Arguments.of(spec.build(), List.of(settings));
  }

  /** Returns requests with the beginnings of their warnings about settings. */
  static List<Arguments> requests() {
    return List.of(
        about(SPEC.toBuilder()),
        about(SPEC.toBuilder().size(64, 64), "64x64 is far below the 128x128"),
        about(SPEC.toBuilder().size(192, 192), "192x192 is far above the 128x128"),
        about(
            SPEC.toBuilder().hiresFix(hires(2).denoisingStrength(0.9).build()),
            "hires fix draws most of the image anew at 256x256"),
        about(SPEC.toBuilder().sampler(Sampler.LMS), "LMS gives grainy images with 2 steps"),
        about(SPEC.toBuilder().cfgScale(30)),
        about(SPEC.toBuilder().cfgScale(1)),
        about(
            SPEC.toBuilder().cfgScale(1000),
            "a CFG scale of 1000 is above the usual 1 to 30, which spoils colours and shapes; this"
                + " model's default is 7"),
        about(
            SPEC.toBuilder().hiresFix(hires(1.25).cfgScale(0.5).build()),
            "a CFG scale of 0.5, below 1, gives the prompt less effect"),
        about(SPEC.toBuilder().prompt("a (red kat <lora:ink:0.8>")),
        about(
            SPEC.toBuilder().prompt("a zebra <lora:ink:0.8>").size(56, 128).cfgScale(31),
            "a CFG scale of 31",
            "56x128 is far below"));
  }

  private static List<String> explained(PromptSpec spec) {
    return PromptExplanation.of(
            spec.prompt(),
            new PromptExplanation.Options(
                spec.steps(),
                OptionalInt.empty(),
                false,
                List.of(),
                PromptLimits.DEFAULTS,
                Optional.of(LoraLibrary.open(folder.resolve("loras"))),
                model.words(),
                model.family()))
        .warnings();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void checkAndExplain_anyRequest_warnAsGenerateDoes(PromptSpec spec, List<String> settings) {
    List<String> drawn = pipeline.generate(spec).warnings();
    assertThat(pipeline.check(spec)).isEqualTo(drawn);
    List<String> explained = explained(spec);
    assertThat(drawn).containsAll(explained);
    List<String> others = new ArrayList<>(drawn);
    others.removeAll(explained);
    assertThat(others).hasSameSizeAs(settings);
    for (int i = 0; i < settings.size(); i++) {
      assertThat(others.get(i)).startsWith(settings.get(i));
    }
  }

  @Test
  void explain_promptWithThreeProblems_namesAll() {
    assertThat(explained(SPEC.toBuilder().prompt("a (red kat <lora:ink:0.8>").build()))
        .hasSize(3)
        .anyMatch(text -> text.contains("'kat' (nearest: 'cat')"))
        .anyMatch(text -> text.contains("is triggered by 'Mox style'"));
  }

  @Test
  void check_settingsThatTheFamilyIgnores_warnsAsGenerateDoes() {
    try (Pipeline flux =
        Fixtures.float32().checkpoint(Checkpoint.open(TinyTransformers.flux1Dev())).build()) {
      PromptSpec spec =
          flux.checkpoint().defaults().toBuilder()
              .prompt("a cat")
              .negativePrompt("a dog")
              .size(64, 64)
              .steps(2)
              .seed(5)
              .clipSkip(2)
              .build();
      List<String> drawn = flux.generate(spec).warnings();
      assertThat(drawn)
          .anyMatch(text -> text.startsWith("clipSkip is 2"))
          .contains("the negative prompt has no effect at cfgScale 1");
      assertThat(flux.check(spec)).isEqualTo(drawn);
    }
  }
}
