package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of float files whose weights are held in other formats than that of the computation. */
class HeldWeightsTest {
  @TempDir private Path folder;

  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a red cat").size(64, 64).steps(2).seed(7).build();

  private static byte[] image(GenerationResult result) {
    return result.images().get(0).image().rgb();
  }

  private static byte[] draw(Pipeline pipeline, PromptSpec spec) {
    return image(pipeline.generate(spec));
  }

  private static Pipeline.Builder builder(String model, WeightFormat weights) {
    Path path =
        switch (model) {
          case "sd1" -> TinyModels.CHECKPOINT;
          case "klein" -> TinyTransformers.kleinFolder();
          default -> TinyTransformers.zImageFolder();
        };
    return builder(path, weights);
  }

  private static Pipeline.Builder builder(Path path, WeightFormat weights) {
    return Pipeline.builder()
        .precision(Precision.FLOAT32)
        .weights(weights)
        .checkpoint(Checkpoint.open(path));
  }

  private static PromptSpec adapted(String model, double strength, LoraMode mode) {
    Path lora =
        switch (model) {
          case "sd1" -> TinyModels.LORA;
          case "klein" -> TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors");
          default -> TinyTransformers.zImageLoras().resolve("lora_fused.safetensors");
        };
    return SPEC.toBuilder()
        .lora(LoraAdapter.open(lora).withStrength(strength))
        .loraMode(mode)
        .build();
  }

  @ParameterizedTest
  @CsvSource({"sd1, 36", "klein, 35", "turbo, 30"})
  void generate_in8Bits_isCloseToTheFile(String model, double decibels) {
    try (Pipeline plain = builder(model, WeightFormat.FLOAT32).build();
        Pipeline small = builder(model, WeightFormat.INT8).build()) {
      byte[] image = draw(small, SPEC);
      assertThat(HeldImages.psnr(image, draw(plain, SPEC))).isGreaterThan(decibels);
      byte[] expected = draw(plain, adapted(model, 0.8, LoraMode.AUTO));
      GenerationResult overlaid = small.generate(adapted(model, 0.8, LoraMode.AUTO));
      assertThat(HeldImages.psnr(image(overlaid), expected)).isGreaterThan(decibels);
      assertThat(overlaid.loras().get(0).mode()).isEqualTo(LoraMode.OVERLAY);
      assertThat(overlaid.warnings()).noneMatch(warning -> warning.contains("more memory"));
      GenerationResult patched = small.generate(adapted(model, 0.8, LoraMode.PATCHED));
      assertThat(HeldImages.psnr(image(patched), expected)).isGreaterThan(decibels);
      assertThat(patched.loras().get(0).mode()).isEqualTo(LoraMode.PATCHED);
      assertThat(patched.warnings())
          .anyMatch(
              warning ->
                  warning.contains("held in float32 instead") && warning.contains("more memory"));
      assertThat(draw(small, adapted(model, 0, LoraMode.PATCHED))).isEqualTo(image);
      assertThat(draw(small, SPEC)).isEqualTo(image);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AS_STORED, FLOAT32, BF16, float32",
    "AS_STORED, FLOAT32, FP8, float8_e4m3",
    "AS_STORED, BFLOAT16, FP8, float8_e4m3",
    "AS_STORED, BFLOAT16, BF16, bfloat16",
    "INT8, FLOAT32, FP8, float8_e4m3",
    "INT8, FLOAT32, BF16, int8",
    "BFLOAT16, FLOAT32, FP8, bfloat16",
    "BFLOAT16, BFLOAT16, FP8, bfloat16",
    "FLOAT32, FLOAT32, FP8, float32"
  })
  void storage_isTheFormatInMemory(
      WeightFormat weights, Precision precision, FileFormat format, String storage) {
    Path file = folder.resolve("model.safetensors");
    WeightConversion.of(TinyModels.CHECKPOINT, format).write(file);
    try (Pipeline pipeline = builder(file, weights).precision(precision).build()) {
      assertThat(pipeline.storage()).isEqualTo(storage);
    }
  }

  /** The weights of these files are exact in bfloat16, so nothing is rounded. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource
  void generate_inBfloat16_isTheImageOfEveryModel(Path model) {
    Path path =
        model.equals(TinyFamilies.sdxl())
            ? FamilyFiles.withWholeVocabulary(model, folder.resolve("sdxl.safetensors"))
            : model;
    PromptSpec unguided = SPEC.toBuilder().cfgScale(1).build();
    try (Pipeline plain = builder(path, WeightFormat.FLOAT32).build();
        Pipeline held = builder(path, WeightFormat.BFLOAT16).build()) {
      HeldImages.assertAlike(draw(held, unguided), draw(plain, unguided), Precision.FLOAT32);
    }
  }

  static Stream<Path> generate_inBfloat16_isTheImageOfEveryModel() {
    return Stream.of(
        TinyFamilies.sdxl(),
        TinyTransformers.klein(),
        TinyTransformers.zImageTurbo(),
        TinyTransformers.flux1Dev(),
        TinyTransformers.flux1Schnell(),
        TinyTransformers.chroma(),
        TinyTransformers.sd3Medium(),
        TinyTransformers.sd35Medium());
  }

  @Test
  void generate_sd3AsStored_isTheImageOfTheSameValues() {
    Path file = folder.resolve("sd3.safetensors");
    WeightConversion.of(TinyTransformers.sd3Medium(), FileFormat.INT8).write(file);
    HeldImages.assertDrawnAsStored(
        Checkpoint.open(file),
        SPEC,
        TinyTransformers.sd3Loras().resolve("lora_kohya.safetensors"),
        Precision.FLOAT32);
  }

  @Tag("slow")
  @Test
  void generate_inBfloat16_isCloserThanIn8Bits() {
    try (Pipeline plain = builder("sd1", WeightFormat.FLOAT32).build();
        Pipeline half = builder("sd1", WeightFormat.BFLOAT16).build()) {
      GenerationResult result = half.generate(SPEC);
      assertThat(result.precision()).isEqualTo(Precision.FLOAT32);
      assertThat(result.images().get(0).infotext()).doesNotContain("Low Bits");
      assertThat(HeldImages.psnr(image(result), draw(plain, SPEC))).isGreaterThan(40);
    }
  }

  @Tag("slow")
  @Test
  void infotext_in8Bits_saysSoAndIsReadBack() {
    try (Pipeline plain = builder("sd1", WeightFormat.FLOAT32).build();
        Pipeline small = builder("sd1", WeightFormat.INT8).build()) {
      String text = small.generate(SPEC).images().get(0).infotext();
      assertThat(text).contains("Diffusion in Low Bits: int8");
      PromptSpec read = PromptSpec.fromInfotext(text);
      assertThat(small.generate(read).warnings()).isEmpty();
      assertThat(plain.generate(read).warnings())
          .containsExactly(
              "the text was written for weights in int8, but the pipeline holds them in their"
                  + " precision, so details may differ; WeightFormat.INT8 (--weights int8) holds"
                  + " them so");
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"sd1", "klein"})
  void generate_sparing_drawsTheSameAndKeepsNothing(String model) {
    try (Pipeline keeping = builder(model, WeightFormat.INT8).build();
        Pipeline sparing =
            builder(model, WeightFormat.INT8).memoryPolicy(MemoryPolicy.SPARING).build()) {
      int arrays = sparing.liveTensors();
      for (LoraMode mode : new LoraMode[] {LoraMode.PATCHED, LoraMode.OVERLAY}) {
        PromptSpec spec = adapted(model, 0.8, mode);
        assertThat(draw(sparing, spec)).isEqualTo(draw(keeping, spec));
      }
      assertThat(draw(sparing, SPEC)).isEqualTo(draw(keeping, SPEC));
      assertThat(sparing.liveTensors()).isEqualTo(arrays);
    }
  }

  @Test
  void generate_patchedBeyondTheMemory_isRefused() {
    long enough;
    try (Pipeline pipeline = builder("sd1", WeightFormat.INT8).maxBytes(1).build()) {
      enough = refusal(pipeline, adapted("sd1", 1, LoraMode.OVERLAY)).needed().orElseThrow() + 1;
    }
    try (Pipeline pipeline = builder("sd1", WeightFormat.INT8).maxBytes(enough).build()) {
      byte[] image = draw(pipeline, adapted("sd1", 1, LoraMode.AUTO));
      assertThat(refusal(pipeline, adapted("sd1", 1, LoraMode.PATCHED)).needed().orElseThrow())
          .isGreaterThan(enough);
      assertThat(draw(pipeline, adapted("sd1", 1, LoraMode.OVERLAY))).isEqualTo(image);
    }
  }

  private static ResourceException refusal(Pipeline pipeline, PromptSpec spec) {
    try {
      pipeline.generate(spec);
      throw new AssertionError("was not refused");
    } catch (ResourceException e) {
      return e;
    }
  }

  @Test
  void build_float32WeightsForBfloat16_isRefused() {
    assertThatThrownBy(
            () ->
                builder("sd1", WeightFormat.FLOAT32).precision(Precision.BFLOAT16).build().close())
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("weights are FLOAT32, but the precision of the computation is");
  }
}
