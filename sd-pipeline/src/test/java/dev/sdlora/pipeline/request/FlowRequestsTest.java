package dev.sdlora.pipeline.request;

import static dev.sdlora.pipeline.TinyFlow.SPEC;
import static dev.sdlora.pipeline.TinyFlow.TAG;
import static dev.sdlora.pipeline.TinyFlow.difference;
import static dev.sdlora.pipeline.TinyFlow.prompt;
import static dev.sdlora.pipeline.TinyFlow.redrawing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.model.Model;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests whole requests to the small FLUX.2 klein and Z-Image. */
class FlowRequestsTest {
  private static final RegionMask LEFT = RegionMask.rectangle(0, 0, 0.5, 1).withBlur(0);
  private static final RegionMask RIGHT = RegionMask.rectangle(0.5, 0, 1, 1).withBlur(0);

  private static final Map<TinyFlow, Pipeline> PIPELINES = new EnumMap<>(TinyFlow.class);
  private static final Map<TinyFlow, Integer> ARRAYS = new EnumMap<>(TinyFlow.class);

  @BeforeAll
  static void open() {
    for (TinyFlow model : TinyFlow.values()) {
      Pipeline pipeline = model.builder().build();
      PIPELINES.put(model, pipeline);
      ARRAYS.put(model, TinyPipeline.arraysOnceEncoded(pipeline));
    }
  }

  @AfterEach
  void nothingIsLeft() {
    PIPELINES.forEach(
        (model, pipeline) -> assertThat(pipeline.liveTensors()).isEqualTo(ARRAYS.get(model)));
  }

  @AfterAll
  static void close() {
    PIPELINES.values().forEach(Pipeline::close);
  }

  private static Pipeline pipeline(TinyFlow model) {
    return Objects.requireNonNull(PIPELINES.get(model));
  }

  private static Image draw(TinyFlow model, PromptSpec spec) {
    return pipeline(model).generate(spec).first().image();
  }

  @ParameterizedTest
  @EnumSource
  void lora_byTag_isTheSameInBothModesAndComesOff(TinyFlow model) {
    Image plain = draw(model, SPEC);
    List<Image> drawn = new ArrayList<>();
    for (LoraMode mode : List.of(LoraMode.PATCHED, LoraMode.OVERLAY)) {
      GenerationResult result =
          pipeline(model).generate(prompt("a cat" + TAG).toBuilder().loraMode(mode).build());
      assertThat(result.loras()).extracting(LoraReport::mode).containsExactly(mode);
      assertThat(result.first().infotext()).contains("Lora hashes: \"lora_aitoolkit: ");
      drawn.add(result.first().image());
      assertThat(draw(model, SPEC)).isEqualTo(plain);
    }
    assertThat(difference(drawn.get(0), plain)).isGreaterThan(1);
    assertThat(difference(drawn.get(0), drawn.get(1))).isLessThan(0.02);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void lora_requestsAtOnce_areTheSameBytesAsAlone(TinyFlow model) {
    String other = model == TinyFlow.KLEIN ? "lora_outer_bfl" : "lora_outer";
    List<PromptSpec> specs = new ArrayList<>();
    for (LoraMode mode : List.of(LoraMode.PATCHED, LoraMode.OVERLAY)) {
      PromptSpec.Builder spec = SPEC.toBuilder().loraMode(mode);
      specs.add(spec.prompt("a cat" + TAG).build());
      specs.add(spec.prompt("a cat<lora:" + other + ":0.5>").build());
    }
    List<Image> alone = specs.stream().map(spec -> draw(model, spec)).toList();
    assertThat(new HashSet<>(alone)).hasSizeGreaterThanOrEqualTo(2);
    List<CompletableFuture<GenerationResult>> together =
        specs.stream().map(pipeline(model)::generateAsync).toList();
    for (int i = 0; i < specs.size(); i++) {
      assertThat(together.get(i).join().first().image()).as("request " + i).isEqualTo(alone.get(i));
    }
  }

  @ParameterizedTest
  @EnumSource
  void lora_strengthOverTheSteps_isAnotherImageInBothModes(TinyFlow model) {
    List<Image> drawn = new ArrayList<>();
    for (LoraMode mode : List.of(LoraMode.PATCHED, LoraMode.OVERLAY)) {
      PromptSpec.Builder spec = SPEC.toBuilder().steps(4).loraMode(mode);
      drawn.add(draw(model, spec.prompt("a cat<lora:lora_kohya:0.8@0,0@1>").build()));
      assertThat(
              difference(
                  drawn.get(drawn.size() - 1), draw(model, spec.prompt("a cat" + TAG).build())))
          .isGreaterThan(0.2);
    }
    assertThat(difference(drawn.get(0), drawn.get(1))).isLessThan(0.02);
  }

  @ParameterizedTest
  @EnumSource
  void imageToImage_strength_movesAwayFromTheImage(TinyFlow model) {
    ImageToImage.Builder source = ImageToImage.builder(TinyPipeline.image(64, 64));
    PromptSpec none = redrawing(source.denoisingStrength(0)).toBuilder().steps(8).build();
    Image kept = draw(model, none);
    assertThat(draw(model, none.toBuilder().prompt("a dog").seed(9).build())).isEqualTo(kept);
    double before = 0;
    for (double strength : new double[] {0.2, 0.5, 1}) {
      Image drawn =
          draw(model, redrawing(source.denoisingStrength(strength)).toBuilder().steps(8).build());
      assertThat(difference(drawn, kept)).as("strength " + strength).isGreaterThan(before);
      before = difference(drawn, kept);
    }
  }

  @ParameterizedTest
  @EnumSource
  void inpainting_whole_keepsThePixelsOutsideTheMask(TinyFlow model) {
    Image source = TinyPipeline.image(64, 64);
    Set<Image> drawn = new HashSet<>();
    for (MaskedContent content : MaskedContent.values()) {
      Inpainting part =
          Inpainting.builder(TinyPipeline.mask(64, 64, 32, 0, 32))
              .maskBlur(0)
              .maskedContent(content)
              .build();
      Image image =
          draw(
              model,
              redrawing(ImageToImage.builder(source).inpainting(part).denoisingStrength(0.5))
                  .toBuilder()
                  .steps(4)
                  .build());
      assertThat(difference(image, source, 0, 32)).isZero();
      assertThat(difference(image, source, 32, 64)).isGreaterThan(1);
      drawn.add(image);
    }
    assertThat(drawn).hasSizeGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void inpainting_onlyTheMaskedPart_keepsTheSizeOfTheImage(TinyFlow model) {
    Image source = TinyPipeline.image(150, 90);
    Inpainting part =
        Inpainting.builder(TinyPipeline.mask(150, 90, 100, 20, 30))
            .onlyMasked(true)
            .padding(8)
            .maskBlur(0)
            .build();
    Image image = draw(model, redrawing(ImageToImage.builder(source).inpainting(part)));
    assertThat(List.of(image.width(), image.height())).containsExactly(150, 90);
    assertThat(difference(image, source, 0, 100)).isZero();
    assertThat(difference(image, source, 100, 130)).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource
  void outpainting_extendsToMultiplesOf16(TinyFlow model) {
    Image source = TinyPipeline.image(50, 60);
    PromptSpec spec =
        redrawing(
                ImageToImage.builder(source)
                    .outpainting(new Outpainting(0, 20, 0, 0, 0, MaskedContent.FILL)))
            .toBuilder()
            .noSize()
            .build();
    Image image = draw(model, spec);
    assertThat(List.of(image.width(), image.height())).containsExactly(80, 64);
    for (int x : new int[] {0, 25, 49}) {
      assertThat(image.rgb()[3 * x]).isEqualTo(source.rgb()[3 * x]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void hiresFix_latentAndImageUpscaler_giveDifferentImagesOfThatSize(TinyFlow model) {
    Set<Image> drawn = new HashSet<>();
    for (Upscaler upscaler : List.of(Upscaler.LATENT, Upscaler.LANCZOS, Upscaler.NEAREST)) {
      HiresFix fix =
          HiresFix.builder().scale(1.3).upscaler(upscaler).steps(4).denoisingStrength(0.5).build();
      PromptSpec spec = prompt("a cat" + TAG).toBuilder().hiresFix(fix).build();
      Image image = draw(model, spec);
      assertThat(List.of(image.width(), image.height())).containsExactly(80, 80);
      drawn.add(image);
    }
    HiresFix other = HiresFix.builder().size(new ImageSize(112, 80)).build();
    Image image = draw(model, SPEC.toBuilder().hiresFix(other).build());
    assertThat(List.of(image.width(), image.height())).containsExactly(112, 80);
    assertThat(drawn).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource
  void and_sidesOfAnyLength_areThoseAlone(TinyFlow model) {
    Image plain = draw(model, SPEC);
    // The factors add up to 1, so that the negative prompt plays no part.
    String second = " AND a long text about a dog in the snow under many tall trees ";
    assertThat(difference(draw(model, prompt("a cat" + second + ":0")), plain)).isLessThan(0.02);
    Image half = draw(model, prompt("a cat :0.5" + second + ":0.5"));
    assertThat(difference(half, plain)).isGreaterThan(0.2);
    assertThat(draw(model, prompt("a cat" + second))).isNotEqualTo(half);
  }

  @ParameterizedTest
  @EnumSource
  void promptEditing_changesTheTextHalfway(TinyFlow model) {
    PromptSpec.Builder spec = SPEC.toBuilder().steps(4);
    Image edited = draw(model, spec.prompt("a [cat:large dog:0.5]").build());
    Image cat = draw(model, spec.prompt("a cat").build());
    Image dog = draw(model, spec.prompt("a large dog").build());
    assertThat(Set.of(edited, cat, dog)).hasSize(3);
    assertThat(draw(model, spec.prompt("a [cat:large dog:1.0]").build())).isEqualTo(cat);
  }

  @ParameterizedTest
  @EnumSource
  void negativePrompt_actsWithGuidance(TinyFlow model) {
    PromptSpec.Builder guided = SPEC.toBuilder().cfgScale(4);
    Image plain = draw(model, guided.build());
    assertThat(plain).isNotEqualTo(draw(model, SPEC));
    assertThat(draw(model, guided.negativePrompt("ugly colours, blur").build()))
        .isNotEqualTo(plain);
    assertThat(draw(model, guided.cfgScale(1).build())).isEqualTo(draw(model, SPEC));
  }

  @ParameterizedTest
  @EnumSource
  void batch_isWhatEachIsAlone(TinyFlow model) {
    List<Image> alone = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alone.add(draw(model, prompt("a cat" + TAG).toBuilder().seed(5 + i).build()));
    }
    PromptSpec.Builder three = prompt("a cat" + TAG).toBuilder().images(3);
    assertThat(images(model, three.build())).isEqualTo(alone);
    SpeedOptions joint = SpeedOptions.builder().exactBatches(false).batchSize(3).build();
    List<Image> together = images(model, three.speedOptions(joint).build());
    for (int i = 0; i < 3; i++) {
      assertThat(difference(together.get(i), alone.get(i))).isLessThan(0.02);
    }
  }

  private static List<Image> images(TinyFlow model, PromptSpec spec) {
    return pipeline(model).generate(spec).images().stream().map(GeneratedImage::image).toList();
  }

  @ParameterizedTest
  @EnumSource
  void listener_seesEveryStepWithAPreview(TinyFlow model) {
    List<String> steps = new ArrayList<>();
    pipeline(model)
        .generate(
            SPEC.toBuilder().size(112, 80).steps(3).build(),
            new GenerationListener() {
              @Override
              public void stepEnd(Step step, Supplier<Image> preview) {
                Image image = preview.get();
                assertThat(image.width() * 80).isEqualTo(image.height() * 112);
                steps.add(step.number() + "/" + step.total());
              }
            });
    assertThat(steps).containsExactly("1/3", "2/3", "3/3");
  }

  @ParameterizedTest
  @EnumSource
  void cancel_inAStep_leavesNothingBehind(TinyFlow model) {
    Image plain = draw(model, SPEC);
    for (LoraMode mode : List.of(LoraMode.PATCHED, LoraMode.OVERLAY)) {
      List<CompletableFuture<?>> futures = new ArrayList<>();
      CompletableFuture<?> begun = new CompletableFuture<>();
      CompletableFuture<?> ended = new CompletableFuture<>();
      GenerationListener cancelling =
          new GenerationListener() {
            @Override
            public void stepStart(Step step) {
              begun.join();
              futures.get(0).cancel(true);
            }

            @Override
            public void generationFailed(Throwable cause) {
              ended.complete(null);
            }
          };
      PromptSpec spec = prompt("a cat" + TAG).toBuilder().loraMode(mode).steps(4).build();
      futures.add(pipeline(model).generateAsync(spec, cancelling));
      begun.complete(null);
      assertThatThrownBy(() -> futures.get(0).join()).isInstanceOf(CancellationException.class);
      ended.join();
      assertThat(draw(model, SPEC)).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @EnumSource
  void regions_sameTextInComplementaryMasks_areThePlainPrompt(TinyFlow model) {
    for (double cfg : new double[] {1, 4}) {
      PromptSpec halves =
          prompt(" a cat<mask:left> AND a cat<mask:right>").toBuilder()
              .cfgScale(cfg)
              .mask("left", LEFT)
              .mask("right", RIGHT)
              .build();
      // The tokenizer heeds the space that remains before a side.
      Image plain = draw(model, prompt(" a cat").toBuilder().cfgScale(cfg).build());
      assertThat(difference(draw(model, halves), plain)).isLessThan(0.02);
    }
  }

  @ParameterizedTest
  @EnumSource
  void regions_otherTextInAHalf_changesThatHalfMost(TinyFlow model) {
    PromptSpec halves =
        prompt("a cat<mask:left> AND many dogs in the snow :1.2<mask:right>").toBuilder()
            .cfgScale(4)
            .mask("left", LEFT)
            .mask("right", RIGHT)
            .build();
    Image image = draw(model, halves);
    Image plain = draw(model, SPEC.toBuilder().cfgScale(4).build());
    assertThat(difference(image, plain, 32, 64))
        .isGreaterThan(1.5 * difference(image, plain, 0, 32));
  }

  @ParameterizedTest
  @EnumSource
  void regions_oneMask_leavesTheRestToTheNegativePrompt(TinyFlow model) {
    PromptSpec.Builder spec = prompt("a cat<mask:left>").toBuilder().mask("left", LEFT);
    Image empty = draw(model, spec.build());
    Image told = draw(model, spec.negativePrompt("many dogs in the snow").build());
    assertThat(difference(told, empty, 32, 64)).isGreaterThan(1.5 * difference(told, empty, 0, 32));
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void noise_ofEverySource_isAnotherImageThatRepeats(TinyFlow model) {
    Set<Image> drawn = new HashSet<>();
    for (Rng rng : Rng.values()) {
      PromptSpec spec = SPEC.toBuilder().rng(rng).size(112, 80).build();
      Image image = draw(model, spec);
      assertThat(List.of(image.width(), image.height())).containsExactly(112, 80);
      assertThat(draw(model, spec)).isEqualTo(image);
      drawn.add(image);
    }
    assertThat(drawn).hasSize(Rng.values().length);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void memory_sparing_drawsTheSameImages(TinyFlow model) {
    List<PromptSpec> specs =
        List.of(
            prompt("a cat" + TAG).toBuilder().loraMode(LoraMode.PATCHED).build(),
            prompt("a cat" + TAG).toBuilder().loraMode(LoraMode.OVERLAY).build(),
            SPEC.toBuilder()
                .cfgScale(3)
                .hiresFix(HiresFix.builder().scale(1.25).upscaler(Upscaler.LANCZOS).build())
                .build(),
            redrawing(ImageToImage.builder(TinyPipeline.image(64, 64))),
            SPEC);
    try (Pipeline sparing = model.builder().memoryPolicy(MemoryPolicy.SPARING).build()) {
      int arrays = sparing.liveTensors();
      assertThat(arrays).isLessThan(Objects.requireNonNull(ARRAYS.get(model)));
      for (PromptSpec spec : specs) {
        assertThat(sparing.generate(spec).first().image()).isEqualTo(draw(model, spec));
        assertThat(sparing.liveTensors()).isEqualTo(arrays);
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void infotext_ofHiresFixWithOtherSampler_drawsTheSameImageWithoutWarnings(TinyFlow model) {
    HiresFix fix = HiresFix.builder().scale(1.5).sampler(Sampler.DPMPP_2M).build();
    for (HiresFix each : List.of(fix, fix.toBuilder().schedule(Schedule.BETA).build())) {
      GeneratedImage drawn =
          pipeline(model).generate(SPEC.toBuilder().steps(4).hiresFix(each).build()).first();
      GenerationResult again = pipeline(model).generate(PromptSpec.fromInfotext(drawn.infotext()));
      assertThat(again.first().image()).isEqualTo(drawn.image());
      assertThat(again.first().infotext()).isEqualTo(drawn.infotext());
      assertThat(again.warnings()).isEmpty();
    }
  }

  /** The text encoder and the denoiser may not fit into memory together. */
  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void memory_sparing_encodesThePromptsOfAllPassesBeforeTheFirstStep(TinyFlow model) {
    PromptSpec spec =
        prompt("a bird").toBuilder()
            .negativePrompt("a fish")
            .hiresFix(HiresFix.builder().scale(1.25).cfgScale(3).build())
            .build();
    List<String> events = new ArrayList<>();
    try (Pipeline sparing = model.builder().memoryPolicy(MemoryPolicy.SPARING).build()) {
      GenerationResult result =
          sparing.generate(
              spec,
              new GenerationListener() {
                @Override
                public void conditioningEnd() {
                  events.add("encoded");
                }

                @Override
                public void stepStart(Step step) {
                  events.add("step");
                }
              });
      assertThat(result.first().image()).isEqualTo(draw(model, spec));
    }
    assertThat(events).startsWith("encoded", "encoded", "step").endsWith("step");
  }

  @ParameterizedTest
  @EnumSource
  void memory_ofSparing_countsTheDenoiserWhileImagesAreDecoded(TinyFlow model) {
    ImageSize size = new ImageSize(1024, 1024);
    double keeping = need(pipeline(model), SPEC, size);
    try (Pipeline sparing = model.builder().memoryPolicy(MemoryPolicy.SPARING).build()) {
      Model local = TinyPipeline.model(sparing);
      assertThat(need(sparing, SPEC, size))
          .isGreaterThanOrEqualTo(
              keeping + local.memory().denoiser().bytes() + local.memory().vaeDecoder().bytes());
    }
  }

  @Test
  void memory_ofReferences_growsWithTheirSize() {
    Pipeline klein = pipeline(TinyFlow.KLEIN);
    ImageSize size = new ImageSize(512, 512);
    double one = sampling(klein, SPEC, size);
    double small = sampling(klein, withReference(64), size);
    double large = sampling(klein, withReference(1024), size);
    assertThat(small).isBetween(one, 1.1 * one);
    assertThat(large).isGreaterThan(2 * one);
  }

  private static PromptSpec withReference(int side) {
    return SPEC.toBuilder().referenceImage(TinyPipeline.image(side, side)).build();
  }

  private static RequestMemory memory(Pipeline pipeline, PromptSpec spec, ImageSize size) {
    return new RequestMemory(TinyPipeline.model(pipeline), spec, Optional.empty(), size);
  }

  private static double need(Pipeline pipeline, PromptSpec spec, ImageSize size) {
    return memory(pipeline, spec, size).need(true).nativeBytes();
  }

  private static double sampling(Pipeline pipeline, PromptSpec spec, ImageSize size) {
    return memory(pipeline, spec, size).sampling().nativeBytes();
  }
}
