package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptExplanation.Options;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests to FLUX.1 and Chroma: prompts, guidance, LoRAs, settings in images, references. */
class Flux1ModelsTest {
  private static Pipeline open(Path checkpoint) {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(TinyTransformers.flux1Loras())
        .build();
  }

  private static PromptSpec.Builder spec(Pipeline pipeline) {
    return pipeline.checkpoint().defaults().toBuilder()
        .prompt("a cat")
        .size(64, 64)
        .steps(2)
        .seed(5);
  }

  private static Image draw(Pipeline pipeline, PromptSpec.Builder spec) {
    return pipeline.generate(spec.build()).first().image();
  }

  @Test
  void generate_dev_readsGuidancePromptsLorasAndReferences() throws IOException {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      PromptSpec defaults = pipeline.checkpoint().defaults();
      assertThat(pipeline.checkpoint().family()).isEqualTo(ModelFamily.FLUX1);
      assertThat(defaults.steps()).isEqualTo(28);
      assertThat(defaults.cfgScale()).isEqualTo(1);
      assertThat(defaults.distilledGuidance()).hasValue(3.5);
      GenerationResult result = pipeline.generate(spec(pipeline).build());
      assertThat(result.warnings()).isEmpty();
      Image plain = result.first().image();
      assertThat(draw(pipeline, spec(pipeline).distilledGuidance(2))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).prompt("a (cat:1.5)"))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).prompt("a dog"))).isNotEqualTo(plain);
      Image reference = TinyPipeline.image(48, 32);
      GenerationResult referring =
          pipeline.generate(spec(pipeline).referenceImage(reference).build());
      assertThat(referring.first().image()).isNotEqualTo(plain);
      assertThat(referring.warnings())
          .singleElement()
          .asString()
          .contains("does not say that it is FLUX.1 Kontext");
      assertThat(referring.first().infotext()).contains("Reference images: 1");
      PromptSpec without = PromptSpec.fromInfotext(referring.first().infotext());
      assertThat(pipeline.generate(without).warnings())
          .contains(
              "the text is from an image made with reference images (1), which are not stored in"
                  + " the text; the request has 0");
      assertThat(
              pipeline.generate(without.toBuilder().referenceImage(reference).build()).warnings())
          .noneMatch(warning -> warning.contains("made with reference images"));
      Image kohya = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>"));
      Image peft = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_peft:0.8>"));
      assertThat(TinyFlow.difference(kohya, plain)).isGreaterThan(1);
      assertThat(TinyFlow.difference(kohya, peft)).isLessThan(0.02);
      Image text = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_kohya_te:0.8>"));
      Image other = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_onetrainer_te:0.8>"));
      assertThat(TinyFlow.difference(text, plain)).isGreaterThan(0.1);
      assertThat(TinyFlow.difference(text, other)).isLessThan(0.02);
      assertThat(draw(pipeline, spec(pipeline))).isEqualTo(plain);

      GeneratedImage image = result.first();
      assertThat(image.infotext())
          .contains("CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 5")
          .contains("Module 1: ae, Module 2: clip_l, Module 3: t5xxl_fp16");
      PromptSpec read = PromptSpec.fromInfotext(image.infotext());
      assertThat(read.distilledGuidance()).hasValue(3.5);
    }
  }

  @Test
  void generate_t5Tokens_changeTheImageAndAreInItsText() {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      Image plain = draw(pipeline, spec(pipeline));
      GeneratedImage image = pipeline.generate(padded(spec(pipeline), 256).build()).first();
      assertThat(image.image()).isNotEqualTo(plain);
      assertThat(image.infotext()).contains("T5 tokens: 256");
      PromptSpec.Builder read = PromptSpec.fromInfotext(image.infotext()).toBuilder();
      assertThat(draw(pipeline, read)).isEqualTo(image.image());
      assertThat(draw(pipeline, padded(spec(pipeline), 512))).isEqualTo(plain);
    }
  }

  private static PromptSpec.Builder padded(PromptSpec.Builder spec, int tokens) {
    return spec.promptOptions(spec.promptOptions().withT5Tokens(tokens));
  }

  @Test
  void generate_hiresFix_hasAGuidanceOfItsOwn() {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      HiresFix.Builder fix = HiresFix.builder().size(new ImageSize(96, 96));
      Image plain = draw(pipeline, spec(pipeline).hiresFix(fix.build()));
      PromptSpec.Builder same = spec(pipeline).hiresFix(fix.distilledGuidance(3.5).build());
      GeneratedImage image = pipeline.generate(same.build()).first();
      assertThat(image.image()).isEqualTo(plain);
      assertThat(image.infotext()).doesNotContain("Hires Distilled CFG Scale");

      PromptSpec.Builder other = spec(pipeline).hiresFix(fix.distilledGuidance(2).build());
      image = pipeline.generate(other.build()).first();
      assertThat(image.image()).isNotEqualTo(plain);
      assertThat(image.infotext())
          .contains("Distilled CFG Scale: 3.5", "Hires Distilled CFG Scale: 2, Hires resize");
      PromptSpec read = PromptSpec.fromInfotext(image.infotext());
      assertThat(read.hiresFix().orElseThrow().distilledGuidance()).hasValue(2);
      assertThat(draw(pipeline, read.toBuilder())).isEqualTo(image.image());
    }
  }

  @Test
  void generate_textOfCivitai_namesItsGuidanceCfgScale() {
    PromptSpec.Builder read =
        PromptSpec.fromInfotext(
            """
            a cat
            Steps: 2, CFG scale: 2.5, Sampler: Undefined, Seed: 5, Size: 64x64, Clip skip: 1, \
            Created Date: 2024-09-01T00:00:00.000Z, Civitai resources: \
            [{"type":"checkpoint","modelVersionId":691639,"modelName":"FLUX",\
            "modelVersionName":"Dev"}], Civitai metadata: {}\
            """)
            .toBuilder();
    assertThat(read.cfgScale()).isEqualTo(2.5);
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      GenerationResult result = pipeline.generate(read.build());
      assertThat(result.warnings())
          .contains(
              "the text is from Civitai, whose CFG scale for FLUX.1 is the distilled guidance:"
                  + " distilledGuidance is 2.5 and cfgScale 1; set distilledGuidance to keep a"
                  + " cfgScale");
      assertThat(pipeline.check(read.build())).contains(result.warnings().get(0));
      assertThat(result.first().infotext())
          .contains(
              "Sampler: Euler, Schedule type: Simple, CFG scale: 1, Distilled CFG Scale: 2.5",
              "T5 tokens: 256");
      PromptSpec.Builder meant =
          spec(pipeline)
              .sampler(Sampler.EULER)
              .schedule(Schedule.SIMPLE)
              .distilledGuidance(2.5)
              .cfgScale(1);
      assertThat(draw(pipeline, padded(meant, 256))).isEqualTo(result.first().image());
      GenerationResult guided = pipeline.generate(read.distilledGuidance(3).build());
      assertThat(guided.first().infotext()).contains("CFG scale: 2.5, Distilled CFG Scale: 3,");
    }
    try (Pipeline pipeline = open(TinyTransformers.flux1Schnell())) {
      PromptSpec spec = PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).build();
      PromptSpec civitai =
          spec.toBuilder().cfgScale(2).otherParameters(Map.of("Civitai resources", "[]")).build();
      assertThat(pipeline.generate(civitai).first().infotext()).contains("CFG scale: 2,");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLUX1", "CHROMA"})
  void explanation_showsTheTokensOfT5(ModelFamily family) {
    PromptExplanation explained =
        PromptExplanation.of("a (cat:1.5)", Options.DEFAULT.withFamily(family));
    List<Token> tokens = explained.texts().get(0).chunks().get(0);
    assertThat(tokens).contains(new Token(1712, " cat", 1.5)).endsWith(new Token(1, "</s>", 1));
  }

  @Test
  void generate_schnell_readsNoGuidance() {
    try (Pipeline pipeline = open(TinyTransformers.flux1Schnell())) {
      assertThat(pipeline.checkpoint().defaults().steps()).isEqualTo(4);
      GeneratedImage image = pipeline.generate(spec(pipeline).build()).first();
      assertThat(image.infotext()).doesNotContain("Distilled CFG Scale");
      GenerationResult told = pipeline.generate(spec(pipeline).distilledGuidance(2).build());
      assertThat(told.first().image()).isEqualTo(image.image());
      assertThat(told.warnings())
          .singleElement()
          .asString()
          .startsWith("distilledGuidance is 2, but this model reads no guidance scale");
      assertThatThrownBy(
              () -> draw(pipeline, spec(pipeline).referenceImage(TinyPipeline.image(48, 32))))
          .hasMessageContaining("only FLUX.2 and FLUX.1 Kontext, Canny and Depth read them");
    }
  }

  @Test
  void generate_chroma_isGuidedByTheNegativePrompt() {
    try (Pipeline pipeline = open(TinyTransformers.chroma())) {
      assertThat(pipeline.checkpoint().family()).isEqualTo(ModelFamily.CHROMA);
      assertThat(pipeline.checkpoint().defaults().cfgScale()).isEqualTo(3.5);
      Image plain = draw(pipeline, spec(pipeline));
      assertThat(draw(pipeline, spec(pipeline).negativePrompt("many dogs"))).isNotEqualTo(plain);
      GenerationResult withLora =
          pipeline.generate(spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>").build());
      assertThat(withLora.first().image()).isNotEqualTo(plain);
      assertThat(withLora.loras().get(0).unmatched())
          .hasSize(6)
          .allMatch(key -> key.contains("mod"));
    }
  }

  @Test
  void open_withoutT5_namesTheUsualFile(@TempDir Path folder) throws IOException {
    Path file = Files.copy(TinyTransformers.flux1Dev(), folder.resolve("flux1-dev.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is FLUX.1 without a text encoder CLIP-L")
        .hasMessageContaining("without a text encoder T5-XXL")
        .hasMessageContaining("'t5xxl_fp16.safetensors' from comfyanonymous/flux_text_encoders");
  }

  @Test
  void open_kontext_hasItsOwnGuidance(@TempDir Path folder) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(Flux1Copies.copied(folder, "flux1-dev-kontext"));
    assertThat(checkpoint.defaults().distilledGuidance()).hasValue(2.5);
  }

  /** The file is float16, so the weights are rounded once more. */
  @Test
  void bake_aLora_drawsTheImageOfThePatchedModel(@TempDir Path folder) throws IOException {
    Path model = Flux1Copies.copied(folder, "model");
    Path baked = model.resolveSibling("baked.safetensors");
    Path lora = TinyTransformers.flux1Loras().resolve("lora_kohya.safetensors");
    CreatedCheckpoint made =
        LoraBaking.into(
                model, List.of(LoraAdapter.open(lora).withStrength(LoraStrength.of(0.8, 0.8))))
            .write(baked);
    assertThat(made.unmatched()).isEmpty();
    Image patched;
    try (Pipeline pipeline = open(model)) {
      patched = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>"));
    }
    try (Pipeline pipeline = open(baked)) {
      assertThat(TinyFlow.difference(draw(pipeline, spec(pipeline)), patched)).isLessThan(0.5);
    }
  }

  /** Fill's further inputs have no effect with zero weights, and then the mask and image do. */
  @Test
  void generate_fill_readsMaskAndImage(@TempDir Path folder) throws IOException {
    Path dev = Flux1Copies.copied(folder, "dev");
    ImageToImage source =
        ImageToImage.builder(TinyPipeline.image(64, 64))
            .inpainting(Inpainting.builder(TinyPipeline.mask(64, 64, 8, 8, 30)).build())
            .denoisingStrength(1)
            .build();
    Image plain;
    try (Pipeline pipeline = open(dev)) {
      plain = draw(pipeline, spec(pipeline).imageToImage(source).distilledGuidance(30));
    }
    try (Pipeline pipeline = open(filling(dev, "fill-0", 0))) {
      assertThat(pipeline.checkpoint().task()).isEqualTo(Checkpoint.Task.INPAINTING);
      assertThat(pipeline.checkpoint().defaults().distilledGuidance()).hasValue(30);
      assertThat(draw(pipeline, spec(pipeline).imageToImage(source))).isEqualTo(plain);
    }
    try (Pipeline pipeline = open(filling(dev, "fill-1", 0.1f))) {
      Image filled = draw(pipeline, spec(pipeline).imageToImage(source));
      assertThat(filled).isNotEqualTo(plain);
      ImageToImage other =
          ImageToImage.builder(TinyPipeline.image(64, 64))
              .inpainting(Inpainting.builder(TinyPipeline.mask(64, 64, 8, 9, 30)).build())
              .denoisingStrength(1)
              .build();
      assertThat(draw(pipeline, spec(pipeline).imageToImage(other))).isNotEqualTo(filled);
      assertThat(draw(pipeline, spec(pipeline))).isNotEqualTo(filled);
    }
  }

  private static Path filling(Path dev, String name, float weight) {
    return Flux1Copies.widened(dev, name, Flux1Copies.columns(32 * 320, weight));
  }
}
