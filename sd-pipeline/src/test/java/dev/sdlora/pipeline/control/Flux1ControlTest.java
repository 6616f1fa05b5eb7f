package dev.sdlora.pipeline.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.model.Flux1Copies;
import dev.sdlora.pipeline.request.RequestMemory;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests to FLUX.1 Canny and Depth, and with the control LoRAs of FLUX.1 [dev]. */
class Flux1ControlTest {
  private static final Image CONTROL = TinyPipeline.image(64, 64);
  private static final Image OTHER = TinyPipeline.mask(64, 64, 8, 8, 30);

  @TempDir private Path folder;

  private Pipeline open(Path checkpoint) {
    return builder(checkpoint).build();
  }

  private Pipeline.Builder builder(Path checkpoint) {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(TinyTransformers.flux1Loras())
        .loraDirectory(loras());
  }

  /** Writes two control LoRAs that widen the input. */
  private Path loras() {
    Path loras = folder.resolve("loras");
    if (!Files.exists(loras)) {
      try {
        Files.createDirectories(loras);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      Flux1Copies.controlLora(loras, "depth", Flux1Copies.columns(2 * 64, 0.3f));
      Flux1Copies.controlLora(loras, "canny", Flux1Copies.columns(2 * 64, -0.4f));
    }
    return loras;
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

  /** Writes a control model whose further columns are multiples of a pattern. */
  private Path model(String name, float scale) throws IOException {
    Path dev = Flux1Copies.copied(folder, "dev");
    return Flux1Copies.widened(dev, name, Flux1Copies.columns(32 * 64, scale));
  }

  @ParameterizedTest
  @CsvSource({"flux1-canny-dev, 30", "flux1-depth-dev, 10", "edges, 30"})
  void defaults_ofControlModels_areThoseOfTheirAuthors(String name, double guidance)
      throws IOException {
    Checkpoint checkpoint = Checkpoint.open(model(name, 0.1f));
    assertThat(checkpoint.task()).isEqualTo(Checkpoint.Task.CONTROL);
    assertThat(checkpoint.defaults().distilledGuidance()).hasValue(guidance);
    assertThat(checkpoint.defaults().steps()).isEqualTo(50);
    assertThat(checkpoint.signs()).anyMatch(sign -> sign.startsWith("FLUX.1 Canny or Depth"));
  }

  @Test
  void generate_folderOfDiffusers_equalsTheFile() throws IOException {
    float[] columns = Flux1Copies.columns(32 * 64, 0.1f);
    Path root = Flux1Copies.widenedFolder(folder.resolve("FLUX.1-Depth-dev"), columns);
    try (Pipeline file = open(model("depth", 0.1f));
        Pipeline pipeline = open(root)) {
      assertThat(pipeline.checkpoint().defaults().distilledGuidance()).hasValue(10);
      assertThat(
              TinyFlow.difference(
                  draw(pipeline, spec(pipeline).referenceImage(CONTROL)),
                  draw(file, spec(file).referenceImage(CONTROL))))
          .isLessThan(0.02);
    }
  }

  @Test
  void check_detailsOfAControlModel_areRefused() throws IOException {
    try (Pipeline pipeline = open(model("canny", 0.1f))) {
      PromptSpec detailed =
          spec(pipeline)
              .referenceImage(CONTROL)
              .detailPass(DetailPass.builder("face").build())
              .build();
      assertThatThrownBy(() -> pipeline.check(detailed))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "detailPasses are given, but the image is drawn after a control image, which does not"
                  + " fit its details; remove them");
    }
  }

  @Test
  void generate_controlModel_drawsAfterTheImage() throws IOException {
    Image plain;
    try (Pipeline pipeline = open(Flux1Copies.copied(folder, "dev"))) {
      plain = draw(pipeline, spec(pipeline).distilledGuidance(30));
    }
    try (Pipeline pipeline = open(model("canny-0", 0))) {
      assertThat(draw(pipeline, spec(pipeline).referenceImage(CONTROL))).isEqualTo(plain);
    }
    try (Pipeline pipeline = open(model("canny-1", 0.1f))) {
      GenerationResult result = pipeline.generate(spec(pipeline).referenceImage(CONTROL).build());
      Image drawn = result.first().image();
      assertThat(result.warnings()).isEmpty();
      assertThat(result.first().infotext()).contains("Distilled CFG Scale: 30");
      assertThat(TinyFlow.difference(drawn, plain)).isGreaterThan(1);
      assertThat(draw(pipeline, spec(pipeline).referenceImage(OTHER))).isNotEqualTo(drawn);
      // Of any size and aspect ratio.
      Image wide = TinyPipeline.image(200, 100);
      assertThat(draw(pipeline, spec(pipeline).referenceImage(wide)).width()).isEqualTo(64);
      PromptSpec untold =
          pipeline.checkpoint().defaults().toBuilder()
              .steps(1)
              .referenceImage(TinyPipeline.image(96, 64))
              .build();
      Image sized = pipeline.generate(untold).first().image();
      assertThat(List.of(sized.width(), sized.height())).containsExactly(96, 64);
    }
  }

  @Tag("slow")
  @Test
  void generate_controlModelWithStartImages_readsTheControlInEachPass() throws IOException {
    ImageToImage.Builder source =
        ImageToImage.builder(TinyPipeline.image(64, 64)).denoisingStrength(0.9);
    Inpainting part = Inpainting.builder(TinyPipeline.mask(64, 64, 8, 8, 30)).build();
    HiresFix fix =
        HiresFix.builder().scale(1.5).upscaler(Upscaler.LATENT).denoisingStrength(0.9).build();
    List<UnaryOperator<PromptSpec.Builder>> requests =
        List.of(
            spec -> spec.imageToImage(source.build()),
            spec -> spec.imageToImage(source.inpainting(part).build()),
            spec -> spec.hiresFix(fix),
            spec -> spec.images(2));
    try (Pipeline pipeline = open(model("canny", 0.1f))) {
      for (UnaryOperator<PromptSpec.Builder> request : requests) {
        Image one = draw(pipeline, request.apply(spec(pipeline).referenceImage(CONTROL)));
        Image other = draw(pipeline, request.apply(spec(pipeline).referenceImage(OTHER)));
        assertThat(one).isNotEqualTo(other);
      }
      Image enlarged = draw(pipeline, spec(pipeline).hiresFix(fix).referenceImage(CONTROL));
      assertThat(enlarged.width()).isEqualTo(96);
    }
  }

  @Test
  void generate_controlModelWithoutExactlyOneImage_isRefused() throws IOException {
    try (Pipeline pipeline = open(model("canny", 0.1f))) {
      assertThatThrownBy(() -> draw(pipeline, spec(pipeline)))
          .hasMessage(
              "checkpoint 'canny' draws after a control image, such as edges or depths, but the"
                  + " request has no reference images; give one with referenceImage (--reference)");
      assertThatThrownBy(
              () -> draw(pipeline, spec(pipeline).referenceImage(CONTROL).referenceImage(OTHER)))
          .hasMessageContaining("but the request has 2 reference images; give one");
    }
  }

  @Test
  void memory_ofAControlImage_hasNoTokensOfReferences() throws IOException {
    ImageSize size = new ImageSize(512, 512);
    Image large = TinyPipeline.image(1024, 1024);
    try (Pipeline dev = open(Flux1Copies.copied(folder, "dev"));
        Pipeline canny = open(model("canny", 0.1f))) {
      double plain = sampling(dev, spec(dev).build(), size);
      assertThat(sampling(dev, spec(dev).referenceImage(large).build(), size))
          .isGreaterThan(2 * plain);
      assertThat(sampling(canny, spec(canny).referenceImage(large).build(), size))
          .isBetween(plain, 1.1 * plain);
    }
  }

  private static double sampling(Pipeline pipeline, PromptSpec spec, ImageSize size) {
    return new RequestMemory(TinyPipeline.model(pipeline), spec, Optional.empty(), size)
        .sampling()
        .nativeBytes();
  }

  @ParameterizedTest
  @EnumSource(names = {"PATCHED", "OVERLAY"})
  void generate_controlLora_drawsAfterTheImageAndLeavesNoTrace(LoraMode mode) {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      PromptSpec.Builder plain = spec(pipeline).loraMode(mode);
      Image before = draw(pipeline, plain);
      Image reference = draw(pipeline, plain.referenceImage(CONTROL));
      int arrays = pipeline.liveTensors();
      GenerationResult result = pipeline.generate(plain.prompt("a cat<lora:depth:1>").build());
      Image drawn = result.first().image();
      assertThat(result.warnings())
          .containsOnlyOnce(
              "LoRA 'depth' draws after a control image and was made for a distilledGuidance of 10"
                  + " (depth) to 30 (edges), but it is 3.5")
          .noneMatch(warning -> warning.contains("referenceImages"));
      assertThat(result.loras().get(0).matched()).isEqualTo(48);
      assertThat(result.loras().get(0).unmatched()).isEmpty();
      assertThat(result.loras().get(0).mode()).isEqualTo(mode);
      assertThat(TinyFlow.difference(drawn, before)).isGreaterThan(1);
      assertThat(draw(pipeline, plain.noReferenceImages().referenceImage(OTHER)))
          .isNotEqualTo(drawn);
      Image weaker = draw(pipeline, plain.prompt("a cat<lora:depth:0.5>"));
      assertThat(weaker).isNotEqualTo(drawn);
      // Off at weight 0: the image is a reference as without the LoRA.
      plain.noReferenceImages().referenceImage(CONTROL);
      assertThat(draw(pipeline, plain.prompt("a cat<lora:depth:0>"))).isEqualTo(reference);
      assertThat(draw(pipeline, spec(pipeline).prompt("a cat<lora:depth:0>"))).isEqualTo(before);
      assertThat(draw(pipeline, spec(pipeline))).isEqualTo(before);
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
  }

  @Test
  void generate_controlLora_isTheSameInBothModes() {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      for (String tags :
          List.of(
              "<lora:depth:0.8>",
              "<lora:depth:0.8><lora:lora_kohya:0.7>",
              "<lora:lora_bfl_control:0.8>",
              "<lora:depth:0@0,1@0.5>")) {
        PromptSpec.Builder spec = spec(pipeline).prompt("a cat" + tags).steps(4);
        if (!tags.contains("bfl")) {
          spec.referenceImage(CONTROL);
        }
        Image patched = draw(pipeline, spec.loraMode(LoraMode.PATCHED));
        Image overlaid = draw(pipeline, spec.loraMode(LoraMode.OVERLAY));
        assertThat(TinyFlow.difference(patched, overlaid)).as(tags).isLessThan(0.02);
      }
    }
  }

  @Tag("slow")
  @Test
  void generate_controlLoraWithHires_readsTheControlAtBothSizes() {
    HiresFix fix =
        HiresFix.builder().scale(1.5).upscaler(Upscaler.LATENT).denoisingStrength(0.6).build();
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      PromptSpec.Builder spec = spec(pipeline).prompt("a cat<lora:depth:1>").steps(4).hiresFix(fix);
      Image one = draw(pipeline, spec.referenceImage(CONTROL));
      Image other = draw(pipeline, spec.noReferenceImages().referenceImage(OTHER));
      assertThat(one.width()).isEqualTo(96);
      assertThat(one).isNotEqualTo(other);
      // In the second pass alone, and in the first alone.
      for (String tag : List.of("<lora:depth:0:hr=1>", "<lora:depth:1:hr=0>")) {
        Image half = draw(pipeline, spec.prompt("a cat" + tag));
        assertThat(half).isNotEqualTo(other);
      }
    }
  }

  /** Its columns are read when it is applied; without it, there is no control image. */
  @ParameterizedTest
  @EnumSource(names = {"PATCHED", "OVERLAY"})
  void generate_damagedControlLora_isSkippedIfLenient(LoraMode mode) {
    float[] columns = Flux1Copies.columns(2 * 64, 1);
    columns[5] = Float.NaN;
    Flux1Copies.controlLora(loras(), "broken", columns);
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      PromptSpec.Builder spec = spec(pipeline).loraMode(mode);
      Image plain = draw(pipeline, spec);
      spec.prompt("a cat<lora:broken:1>").referenceImage(CONTROL);
      assertThatThrownBy(() -> draw(pipeline, spec))
          .isInstanceOf(LoraException.class)
          .hasMessageContaining("NaN");
      assertThat(draw(pipeline, spec(pipeline))).isEqualTo(plain);
      GenerationResult result = pipeline.generate(spec.lenient(true).build());
      assertThat(result.first().image()).isEqualTo(plain);
      assertThat(result.warnings()).anyMatch(warning -> warning.endsWith("it was skipped"));
    }
  }

  @Test
  void generate_controlLoras_areRefusedWhereTheyCannotAct() {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      assertThatThrownBy(() -> draw(pipeline, spec(pipeline).prompt("a cat<lora:depth:1>")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("LoRA 'depth' draws after a control image")
          .hasMessageContaining("no reference images");
      PromptSpec.Builder both =
          spec(pipeline).prompt("a cat<lora:depth:1><lora:canny:1>").referenceImage(CONTROL);
      assertThatThrownBy(() -> draw(pipeline, both))
          .isInstanceOf(LoraException.class)
          .hasMessage(
              "LoRAs 'depth' and 'canny' are both control LoRAs, which replace the norms of the"
                  + " model or draw after a control image; use one of them");
      GenerationResult lenient = pipeline.generate(both.lenient(true).build());
      assertThat(lenient.warnings()).anyMatch(warning -> warning.endsWith("it was skipped"));
      assertThat(lenient.loras()).hasSize(1);
      assertThat(draw(pipeline, both.prompt("a cat<lora:depth:1><lora:canny:0>"))).isNotNull();
    }
    try (Pipeline pipeline = open(TinyTransformers.flux1Schnell())) {
      assertThatThrownBy(() -> draw(pipeline, spec(pipeline).prompt("a cat<lora:depth:1>")))
          .isInstanceOf(LoraException.class)
          .hasMessageContaining("is a control LoRA of FLUX.1 [dev]")
          .hasMessageContaining("use it with FLUX.1 [dev]");
    }
    for (Path other :
        List.of(
            TinyTransformers.chroma(),
            TinyTransformers.kleinBase(),
            TinyTransformers.sd3Medium(),
            TinyTransformers.zImageTurbo())) {
      try (Pipeline pipeline = open(other)) {
        assertThatThrownBy(() -> draw(pipeline, spec(pipeline).prompt("a cat<lora:depth:1>")))
            .isInstanceOf(LoraException.class)
            .hasMessageContaining("depth")
            .hasMessageContaining("FLUX.1");
      }
    }
  }

  @Tag("slow")
  @Test
  void generate_controlLoraOnAControlModel_changesItsColumns() throws IOException {
    try (Pipeline pipeline = open(model("canny", 0.1f))) {
      PromptSpec.Builder spec = spec(pipeline).referenceImage(CONTROL);
      Image plain = draw(pipeline, spec);
      assertThat(draw(pipeline, spec.prompt("a cat<lora:depth:1>"))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec.prompt("a cat"))).isEqualTo(plain);
    }
  }

  @Tag("slow")
  @Test
  void generate_inEightThreads_givesTheImagesOfOne() throws Exception {
    List<String> prompts =
        List.of("a cat<lora:depth:1>", "a cat", "a cat<lora:canny:0.7>", "a cat<lora:lora_kohya>");
    try (Pipeline pipeline = builder(TinyTransformers.flux1Dev()).concurrency(4).build()) {
      List<Image> alone = new ArrayList<>();
      for (String prompt : prompts) {
        alone.add(draw(pipeline, controlled(pipeline, prompt)));
      }
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<Image>> drawn =
            Stream.of(prompts, prompts)
                .flatMap(List::stream)
                .map(prompt -> threads.submit(() -> draw(pipeline, controlled(pipeline, prompt))))
                .toList();
        for (int i = 0; i < drawn.size(); i++) {
          assertThat(TinyFlow.difference(drawn.get(i).get(), alone.get(i % prompts.size())))
              .isLessThan(0.02);
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  private static PromptSpec.Builder controlled(Pipeline pipeline, String prompt) {
    return spec(pipeline).prompt(prompt).referenceImage(CONTROL);
  }
}
