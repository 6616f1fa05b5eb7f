package dev.sdlora.pipeline.request;

import static dev.sdlora.pipeline.TinyFlow.SPEC;
import static dev.sdlora.pipeline.TinyFlow.TAG;
import static dev.sdlora.pipeline.TinyFlow.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests what FLUX.2 klein and Z-Image refuse and warn about. */
class FlowSettingsTest {
  private static final Map<TinyFlow, Pipeline> PIPELINES = new EnumMap<>(TinyFlow.class);

  @BeforeAll
  static void open() {
    for (TinyFlow model : TinyFlow.values()) {
      PIPELINES.put(model, model.builder().build());
    }
  }

  @AfterAll
  static void close() {
    PIPELINES.values().forEach(Pipeline::close);
  }

  private static Pipeline pipeline(TinyFlow model) {
    return Objects.requireNonNull(PIPELINES.get(model));
  }

  private static String label(TinyFlow model) {
    return model == TinyFlow.KLEIN ? "FLUX.2 klein" : "Z-Image";
  }

  private static void assertRefused(TinyFlow model, PromptSpec spec, String sentence) {
    assertThatThrownBy(() -> pipeline(model).generate(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @EnumSource
  void generate_sizeBetweenTokens_namesTheNextOne(TinyFlow model) {
    assertRefused(
        model,
        SPEC.toBuilder().size(72, 64).build(),
        "size is 72x64, but width and height of images of "
            + label(model)
            + " must be multiples of 16; use 80x64");
    HiresFix fix = HiresFix.builder().size(new ImageSize(96, 104)).build();
    assertThatThrownBy(() -> pipeline(model).generate(SPEC.toBuilder().hiresFix(fix).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be multiples of 16");
  }

  @ParameterizedTest
  @EnumSource
  void generate_settingsOfUNets_areRefusedByName(TinyFlow model) {
    Image image = TinyPipeline.image(64, 64);
    String family = ", but the checkpoint is " + label(model) + ": ";
    assertRefused(
        model,
        SPEC.toBuilder()
            .controlUnit(ControlUnit.builder(Path.of("canny.safetensors"), image).build())
            .build(),
        "controlUnits are given" + family + "ControlNets steer only U-Nets; remove the setting");
    assertRefused(
        model,
        SPEC.toBuilder().tiling(Tiling.X).build(),
        "tiling is X" + family + "a transformer has no edges to wrap; remove the setting");
    assertRefused(
        model,
        speed(SpeedOptions.builder().tokenMergingRatio(0.5).build()),
        "tokenMergingRatio is 0.5" + family + "token merging is for U-Nets; remove the setting");
    assertRefused(
        model,
        speed(SpeedOptions.builder().cacheInterval(3).build()),
        "cacheInterval is 3" + family + "DeepCache is for U-Nets; remove the setting");
    assertRefused(
        model,
        SPEC.toBuilder()
            .samplerOptions(SamplerOptions.builder().zeroTerminalSnr(true).build())
            .build(),
        "zeroTerminalSnr is set" + family + "a flow ends in pure noise anyway; remove the setting");
    assertRefused(
        model,
        SPEC.toBuilder().finalDecoder(FinalDecoder.TAESD).build(),
        "finalDecoder is TAESD"
            + family
            + "images of this family are decoded by its VAE; remove the setting");
  }

  private static PromptSpec speed(SpeedOptions options) {
    return SPEC.toBuilder().speedOptions(options).build();
  }

  @ParameterizedTest
  @EnumSource
  void generate_loraWithAMask_isRefusedFromAnySource(TinyFlow model) {
    RegionMask left = RegionMask.rectangle(0, 0, 0.5, 1);
    String sentence =
        "a LoRA has a mask, but the checkpoint is "
            + label(model)
            + ": LoRAs of this family apply to the whole image; remove the mask";
    LoraAdapter lora =
        LoraAdapter.open(
            (model == TinyFlow.KLEIN
                    ? TinyTransformers.kleinLoras()
                    : TinyTransformers.zImageLoras())
                .resolve("lora_kohya.safetensors"));
    assertRefused(model, SPEC.toBuilder().lora(lora.withMask(left)).build(), sentence);
    PromptSpec tagged = prompt("a cat<lora:lora_kohya:0.8:mask=here>");
    assertRefused(model, tagged.toBuilder().mask("here", left).build(), sentence);
    HiresFix fix = HiresFix.builder().prompt("a cat<lora:lora_kohya:0.8:mask=here>").build();
    assertRefused(model, SPEC.toBuilder().hiresFix(fix).mask("here", left).build(), sentence);
  }

  @Test
  void referenceImages_areReadByKleinAlone_upToFour() {
    PromptSpec.Builder spec = SPEC.toBuilder();
    for (int i = 0; i < 4; i++) {
      spec.referenceImage(TinyPipeline.image(33 + 16 * i, 48));
    }
    assertThatThrownBy(() -> spec.referenceImage(TinyPipeline.image(64, 64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a request can have at most 4 reference images");
    Image four = pipeline(TinyFlow.KLEIN).generate(spec.build()).first().image();
    assertThat(four).isNotEqualTo(pipeline(TinyFlow.KLEIN).generate(SPEC).first().image());
    assertRefused(
        TinyFlow.Z_IMAGE,
        spec.build(),
        "referenceImages are given, but the checkpoint is Z-Image: only FLUX.2 and FLUX.1 Kontext,"
            + " Canny and Depth read them; remove the setting");
  }

  @Test
  void referenceImages_haveAnOrderAndGiveTheSize() {
    Pipeline klein = pipeline(TinyFlow.KLEIN);
    Image first = TinyPipeline.image(83, 50);
    Image second = TinyPipeline.mask(64, 64, 8, 8, 30);
    PromptSpec.Builder spec = SPEC.toBuilder().noSize();
    Image one = klein.generate(spec.referenceImage(first).build()).first().image();
    assertThat(List.of(one.width(), one.height())).containsExactly(80, 48);
    Image two = klein.generate(spec.referenceImage(second).build()).first().image();
    Image swapped =
        klein
            .generate(
                spec.noReferenceImages()
                    .referenceImage(second)
                    .referenceImage(first)
                    .size(80, 48)
                    .build())
            .first()
            .image();
    assertThat(two).isNotEqualTo(one).isNotEqualTo(swapped);
  }

  @ParameterizedTest
  @EnumSource
  void warnings_ofUsualRequests_areNone(TinyFlow model) {
    assertThat(warnings(model, SPEC)).isEmpty();
    assertThat(warnings(model, prompt("a [cat:dog:0.5] AND a hat :0.5" + TAG))).isEmpty();
    assertThat(
            warnings(model, prompt("a cat AND a dog").toBuilder().negativePrompt("blur").build()))
        .isEmpty();
    String long1 = "word ".repeat(300);
    assertThat(warnings(model, prompt(long1 + "AND " + long1))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void warnings_nameWhatHasAnotherMeaning(TinyFlow model) {
    assertThat(warnings(model, prompt("a (red:1.3) cat")))
        .containsExactly(
            label(model)
                + " reads brackets and weights such as (word:1.2) as plain text; describe the"
                + " emphasis in words");
    assertThat(warnings(model, prompt("a cat BREAK a dog")))
        .containsExactly(label(model) + " reads BREAK as a plain word; remove it");
    assertThat(warnings(model, SPEC.toBuilder().negativePrompt("blur").build()))
        .containsExactly("the negative prompt has no effect at cfgScale 1");
    assertThat(warnings(model, SPEC.toBuilder().clipSkip(2).build()))
        .containsExactly(
            "clipSkip is 2, but "
                + label(model)
                + " reads fixed layers of its text encoder, so it has no effect");
    assertThat(warnings(model, SPEC.toBuilder().cfgScale(7).build()))
        .containsExactly(
            "cfgScale is 7.0, but this "
                + label(model)
                + " model is distilled and made for cfgScale 1; higher values take twice the time"
                + " and exaggerate colours");
    assertThat(warnings(model, prompt("word ".repeat(600) + "the end")))
        .singleElement()
        .asString()
        .startsWith("the prompt has more than 512 tokens; the end was ignored: 'word word");
  }

  @ParameterizedTest
  @EnumSource
  void warnings_startImageThatIsLostInNoise_saysSo(TinyFlow model) {
    Image source = TinyPipeline.image(64, 64);
    ImageToImage.Builder start = ImageToImage.builder(source);
    PromptSpec lost = TinyFlow.redrawing(start).toBuilder().steps(4).build();
    GenerationResult drawn = pipeline(model).generate(lost);
    assertThat(drawn.warnings())
        .containsExactly(
            "the start image has no effect, because 4 steps at denoisingStrength 0.75 begin with"
                + " pure noise; set fixSteps, or use more steps or a smaller denoisingStrength");
    PromptSpec noise = SPEC.toBuilder().steps(4).build();
    assertThat(drawn.first().image()).isEqualTo(pipeline(model).generate(noise).first().image());
    assertThat(
            warnings(model, TinyFlow.redrawing(start.fixSteps(true)).toBuilder().steps(4).build()))
        .isEmpty();

    PromptSpec.Builder hires = SPEC.toBuilder();
    HiresFix.Builder fix = HiresFix.builder().scale(1.25);
    assertThat(warnings(model, hires.hiresFix(fix.steps(2).build()).build()))
        .containsExactly(
            "the first pass of hires fix has no effect, because 2 steps at denoisingStrength 0.7"
                + " begin with pure noise; use more steps or a smaller denoisingStrength");
    assertThat(warnings(model, hires.hiresFix(fix.steps(4).build()).build())).isEmpty();
  }

  private static List<String> warnings(TinyFlow model, PromptSpec spec) {
    return pipeline(model).generate(spec).warnings();
  }
}
