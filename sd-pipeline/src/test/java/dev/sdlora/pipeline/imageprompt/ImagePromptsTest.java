package dev.sdlora.pipeline.imageprompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImagePrompt.EmbedsScaling;
import dev.sdlora.api.image.ImagePrompt.WeightType;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.FixedDetector;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests with image prompts. */
class ImagePromptsTest {
  private static final Path PLAIN = Fixtures.familyGolden("imageprompt/ip-adapter-sd1").path();
  private static final Path PLUS = Fixtures.familyGolden("imageprompt/ip-adapter-plus-sd1").path();
  private static final Path FULL = Fixtures.familyGolden("imageprompt/ip-adapter-full-sd1").path();
  private static final Path SDXL = Fixtures.familyGolden("imageprompt/ip-adapter-sdxl").path();
  private static final Path ENCODER = Fixtures.familyGolden("imageprompt/image_encoder").path();
  private static final Image ONE = picture(61, 45, 3);
  private static final FixedDetector BOX = FixedDetector.box(16, 16, 44, 40);
  private static final Image OTHER = picture(30, 50, 7);
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 72).steps(3).seed(5).build();

  @TempDir private static Path folder;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    pipeline = builder().build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static Pipeline.Builder builder() {
    return Fixtures.float32()
        .checkpoint(Fixtures.CHECKPOINT)
        .loraDirectory(Fixtures.LORAS)
        .detector(BOX)
        .imageEncoder(ENCODER);
  }

  private static Image picture(int width, int height, int seed) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * i * seed / 50);
    }
    return Image.of(width, height, rgb);
  }

  @Test
  void generate_details_arePaintedWithoutImagePrompts() {
    PromptSpec seen = SPEC.toBuilder().imagePrompt(ImagePrompt.of(PLAIN, ONE)).build();
    Image image = pipeline.generate(seen).first().image();

    assertThat(pipeline.generate(FixedDetector.pass(seen)).first().rgb())
        .isEqualTo(pipeline.generate(BOX.byHand(SPEC, image)).first().rgb());
  }

  private static Image draw(ImagePrompt... prompts) {
    return draw(pipeline, SPEC, prompts);
  }

  private static Image draw(Pipeline with, PromptSpec from, ImagePrompt... prompts) {
    PromptSpec.Builder spec = from.toBuilder();
    for (ImagePrompt prompt : prompts) {
      spec.imagePrompt(prompt);
    }
    return with.generate(spec.build()).first().image();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip-adapter-sd1", "ip-adapter-plus-sd1", "ip-adapter-full-sd1"})
  void prompt_differentImages_giveDifferentResults(String name) {
    Path adapter = Fixtures.familyGolden("imageprompt/" + name).path();
    Image one = draw(ImagePrompt.of(adapter, ONE));
    assertThat(one).isEqualTo(draw(ImagePrompt.of(adapter, ONE)));
    assertThat(one).isNotEqualTo(draw(ImagePrompt.of(adapter, OTHER)));
    assertThat(one).isNotEqualTo(draw(ImagePrompt.of(adapter, ONE, OTHER)));
    assertThat(one).isNotEqualTo(draw());
  }

  @Test
  void prompt_weight0_isThatWithoutIt() {
    assertThat(draw(ImagePrompt.of(PLAIN, ONE).withWeight(0))).isEqualTo(draw());
    assertThat(draw(ImagePrompt.of(PLAIN, ONE).withWeight(0.5)))
        .isNotEqualTo(draw(ImagePrompt.of(PLAIN, ONE)));
  }

  @Test
  void prompt_twice_isThatOfTwiceTheWeight() {
    ImagePrompt half = ImagePrompt.of(PLAIN, ONE).withWeight(0.5);
    assertClose(draw(half, half), draw(half.withWeight(1)));
  }

  @Test
  void range_stepsBeforeAndAfter_actApart() {
    ImagePrompt prompt = ImagePrompt.of(PLUS, ONE);
    ImagePrompt early = prompt.withRange(0, 0.4);
    ImagePrompt late = prompt.withRange(0.5, 1);
    assertThat(draw(early)).isNotEqualTo(draw(prompt)).isNotEqualTo(draw());
    assertThat(draw(early, late)).isEqualTo(draw(prompt));
  }

  @Test
  void mask_allAndNothing_areTheWholeAndNoPrompt() {
    ImagePrompt prompt = ImagePrompt.of(PLAIN, ONE);
    assertThat(draw(prompt.withMask(mask(255)))).isEqualTo(draw(prompt));
    assertThat(draw(prompt.withMask(mask(0)))).isEqualTo(draw());
    RegionMask left = RegionMask.rectangle(0, 0, 0.5, 1);
    RegionMask right = RegionMask.rectangle(0.5, 0, 1, 1);
    assertThat(draw(prompt.withMask(left))).isNotEqualTo(draw(prompt)).isNotEqualTo(draw());
    assertClose(draw(prompt.withMask(left), prompt.withMask(right)), draw(prompt));
  }

  private static RegionMask mask(int level) {
    byte[] rgb = new byte[16 * 16 * 3];
    Arrays.fill(rgb, (byte) level);
    return RegionMask.of(Image.of(16, 16, rgb));
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(WeightType.class)
  void weightType_every_differsFromNone(WeightType type) {
    assertThat(draw(ImagePrompt.of(PLUS, ONE).withWeightType(type))).isNotEqualTo(draw());
  }

  /** Without a negative prompt, layers that keep away from the image read nothing. */
  @Test
  void styleTransferPrecise_differsFromStyleTransferInTheNegativePromptAlone() {
    ImagePrompt style = ImagePrompt.of(PLUS, ONE).withWeightType(WeightType.STYLE_TRANSFER);
    ImagePrompt precise = style.withWeightType(WeightType.STYLE_TRANSFER_PRECISE);
    PromptSpec plain = SPEC.toBuilder().cfgScale(1).build();
    assertThat(draw(pipeline, plain, precise)).isEqualTo(draw(pipeline, plain, style));
    assertThat(draw(precise)).isNotEqualTo(draw(style));
  }

  @ParameterizedTest
  @EnumSource(
      value = EmbedsScaling.class,
      names = {"V_ONLY"},
      mode = EnumSource.Mode.EXCLUDE)
  void embedsScaling_every_drawsAndIsRecorded(EmbedsScaling scaling) {
    ImagePrompt prompt = ImagePrompt.of(PLUS, ONE).withWeight(1.5);
    PromptSpec spec = SPEC.toBuilder().imagePrompt(prompt.withEmbedsScaling(scaling)).build();
    GeneratedImage drawn = pipeline.generate(spec).first();
    assertThat(drawn.image()).isNotEqualTo(draw(prompt)).isNotEqualTo(draw());
    assertThat(drawn.infotext()).contains(", Embeds Scaling: " + scaling.label() + "\"");
  }

  @Tag("slow")
  @Test
  void lora_patchedAndOverlaid_agree() {
    PromptSpec lora = SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.8>").build();
    Image patched =
        draw(
            pipeline,
            lora.toBuilder().loraMode(LoraMode.PATCHED).build(),
            ImagePrompt.of(PLUS, ONE));
    Image overlaid =
        draw(
            pipeline,
            lora.toBuilder().loraMode(LoraMode.OVERLAY).build(),
            ImagePrompt.of(PLUS, ONE));
    assertClose(patched, overlaid);
    assertThat(patched).isNotEqualTo(draw(pipeline, lora));
    assertThat(draw()).isEqualTo(draw());
  }

  @Tag("slow")
  @Test
  void loraInRegion_andControlNet_actWithThePrompt() {
    ImagePrompt prompt = ImagePrompt.of(PLUS, ONE);
    PromptSpec region =
        SPEC.toBuilder()
            .prompt("a cat <lora:tiny_lora:0.8:mask=left>")
            .mask("left", RegionMask.rectangle(0, 0, 0.5, 1))
            .build();
    assertThat(draw(pipeline, region, prompt))
        .isNotEqualTo(draw(pipeline, region))
        .isNotEqualTo(draw(prompt));
    PromptSpec controlled =
        SPEC.toBuilder()
            .controlUnit(
                ControlUnit.builder(
                        Fixtures.golden("control/tiny-control-sd1").path(),
                        TinyPipeline.image(48, 40))
                    .build())
            .build();
    assertThat(draw(pipeline, controlled, prompt))
        .isNotEqualTo(draw(pipeline, controlled))
        .isNotEqualTo(draw(prompt));
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16", "INT8"})
  void precision_packedOrRounded_acts(Precision precision) {
    if (!DeviceInfo.of("cpu").packed().contains(precision)) {
      return;
    }
    try (Pipeline packed = builder().precision(precision).build()) {
      RegionMask left = RegionMask.rectangle(0, 0, 0.5, 1);
      Image plain = draw(packed, SPEC);
      assertThat(draw(packed, SPEC, ImagePrompt.of(PLUS, ONE).withMask(left))).isNotEqualTo(plain);
      assertThat(draw(packed, SPEC, ImagePrompt.of(PLAIN, ONE))).isNotEqualTo(plain);
    }
  }

  @Test
  void nativeMemory_requestsThatEndOrFail_isReleased() {
    try (Pipeline sparing = builder().memoryPolicy(MemoryPolicy.SPARING).build()) {
      draw(sparing, SPEC);
      int arrays = sparing.liveTensors();
      draw(sparing, SPEC, ImagePrompt.of(PLUS, ONE), ImagePrompt.of(PLAIN, OTHER));
      assertThat(sparing.liveTensors()).isEqualTo(arrays);
      assertThatThrownBy(
              () -> draw(sparing, SPEC, ImagePrompt.of(PLUS, OTHER), ImagePrompt.of(SDXL, ONE)))
          .isInstanceOf(CheckpointException.class);
      CompletableFuture<?> stopped =
          sparing.generateAsync(
              SPEC.toBuilder().steps(500).imagePrompt(ImagePrompt.of(PLUS, OTHER)).build());
      stopped.cancel(true);
      assertThat(draw(sparing, SPEC)).isEqualTo(draw());
      assertThat(sparing.liveTensors()).isEqualTo(arrays);
    }
  }

  @Test
  void encode_sparing_readsTheEncoderOnceForAllPromptsOfARequest() {
    try (Networks networks =
            Networks.load(CheckpointReader.read(Fixtures.CHECKPOINT), Precision.FLOAT32, "cpu");
        ImageAdapters adapters =
            new ImageAdapters(
                List.of(PLAIN, PLUS),
                new VisionEncoders(
                    List.of(ENCODER), networks.torch(), ScalarType.FLOAT32, MemoryPolicy.SPARING),
                networks.torch(),
                Checkpoint.open(Fixtures.CHECKPOINT),
                networks.family().unetConfig(),
                ScalarType.FLOAT32);
        ImagePrompts into = adapters.open()) {
      List<ImagePrompt> prompts =
          List.of(
              ImagePrompt.of(PLAIN, ONE),
              ImagePrompt.of(PLUS, OTHER),
              ImagePrompt.of(PLAIN, OTHER, ONE));
      // The adapters are kept, so only an encoder that is not in memory needs any.
      List<Boolean> inMemory = new ArrayList<>();
      adapters.encode(prompts, into, () -> inMemory.add(adapters.bytes(prompts) == 0));

      long reads =
          IntStream.range(1, inMemory.size())
              .filter(i -> inMemory.get(i) && !inMemory.get(i - 1))
              .count();
      assertThat(inMemory).startsWith(false);
      assertThat(reads).isEqualTo(1);
      assertThat(adapters.bytes(prompts)).isPositive();
    }
  }

  @Test
  void check_fileOfAnotherFamily_isRefusedBeforeDrawing() {
    PromptSpec wrong = SPEC.toBuilder().imagePrompt(ImagePrompt.of(SDXL, ONE)).build();
    assertThatThrownBy(() -> pipeline.check(wrong)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void infotext_promptsFollowControlUnits() {
    PromptSpec spec =
        SPEC.toBuilder()
            .imagePrompt(ImagePrompt.of(PLAIN, ONE).withWeight(0.6).withRange(0, 0.8))
            .build();
    assertThat(pipeline.generate(spec).first().infotext())
        .contains(
            "ControlNet 0: \"Module: ip-adapter-auto, Model: ip-adapter-sd1, Weight: 0.6,"
                + " Resize Mode: Crop and Resize, Guidance Start: 0, Guidance End: 0.8,");
  }

  @Tag("slow")
  @Test
  void memoryPolicyAndKeptAdapters_drawTheSame() {
    Image expected = draw(ImagePrompt.of(PLUS, ONE));
    try (Pipeline sparing = builder().memoryPolicy(MemoryPolicy.SPARING).build();
        Pipeline keeping = builder().ipAdapter(PLUS).build()) {
      assertThat(draw(sparing, SPEC, ImagePrompt.of(PLUS, ONE))).isEqualTo(expected);
      assertThat(draw(sparing, SPEC, ImagePrompt.of(PLUS, ONE))).isEqualTo(expected);
      assertThat(draw(keeping, SPEC, ImagePrompt.of(PLUS, ONE))).isEqualTo(expected);
    }
  }

  @Tag("slow")
  @Test
  void callersAtOnce_eight_drawWhatOneDraws() {
    try (Pipeline eight = builder().concurrency(8).build()) {
      List<CompletableFuture<Image>> drawn = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ImagePrompt prompt = ImagePrompt.of(i % 2 == 0 ? PLAIN : PLUS, i % 3 == 0 ? ONE : OTHER);
        drawn.add(
            eight
                .generateAsync(SPEC.toBuilder().imagePrompt(prompt).build())
                .thenApply(result -> result.first().image()));
      }
      for (int i = 0; i < 8; i++) {
        ImagePrompt prompt = ImagePrompt.of(i % 2 == 0 ? PLAIN : PLUS, i % 3 == 0 ? ONE : OTHER);
        assertThat(drawn.get(i).join()).isEqualTo(draw(prompt));
      }
    }
  }

  @Test
  void deepCache_promptThatEnds_runsTheWholeNetwork() {
    PromptSpec cached =
        SPEC.toBuilder()
            .steps(6)
            .speedOptions(SpeedOptions.builder().cacheInterval(6).build())
            .build();
    ImagePrompt ending = ImagePrompt.of(PLUS, ONE).withRange(0, 0.5);
    assertThat(draw(pipeline, cached, ending))
        .isNotEqualTo(draw(pipeline, cached, ending.withRange(0, 1)));
  }

  @Test
  void imagesAndHires_jointBatch_equalThoseAlone() {
    PromptSpec two = SPEC.toBuilder().images(2).imagePrompt(ImagePrompt.of(PLUS, ONE)).build();
    assertClose(
        pipeline.generate(two).images().get(1).image(),
        pipeline.generate(two.toBuilder().images(1).seed(6).build()).first().image());
  }

  @Test
  void encoder_folderBesideTheAdapter_isFound() throws Exception {
    Path models = Files.createDirectories(folder.resolve("sdxl_models"));
    Path adapter = Files.copy(PLUS, models.resolve("adapter.safetensors"));
    Path beside = Files.createDirectories(folder.resolve("models").resolve("image_encoder"));
    try (Pipeline none = Fixtures.float32().checkpoint(Fixtures.CHECKPOINT).build()) {
      assertThatThrownBy(() -> draw(none, SPEC, ImagePrompt.of(adapter, ONE)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("needs a CLIP vision encoder (states of width 32)")
          .hasMessageContaining("Pipeline.Builder.imageEncoder");
      Files.copy(ENCODER, beside.resolve("model.safetensors"));
      assertThat(draw(none, SPEC, ImagePrompt.of(adapter, ONE)))
          .isEqualTo(draw(ImagePrompt.of(PLUS, ONE)));
    }
  }

  @Test
  void adapter_ofAnotherFamily_failsWithBoth() {
    assertThatThrownBy(() -> draw(ImagePrompt.of(SDXL, ONE)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("22 attention layers that read text of width 96")
        .hasMessageContaining("with 16 layers and width 32");
    Path whole =
        FamilyFiles.withWholeVocabulary(TinyFamilies.sdxl(), folder.resolve("sdxl.safetensors"));
    try (Pipeline sdxl = Fixtures.float32().checkpoint(whole).imageEncoder(ENCODER).build()) {
      assertThat(draw(sdxl, SPEC, ImagePrompt.of(SDXL, ONE))).isNotEqualTo(draw(sdxl, SPEC));
      assertThatThrownBy(() -> draw(sdxl, SPEC, ImagePrompt.of(FULL, ONE)))
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void files_ofOtherKinds_areNamed() {
    assertThatThrownBy(() -> draw(ImagePrompt.of(ENCODER, ONE)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not an IP-Adapter");
    try (Pipeline wrong =
        Fixtures.float32().checkpoint(Fixtures.CHECKPOINT).imageEncoder(PLAIN).build()) {
      assertThatThrownBy(() -> draw(wrong, SPEC, ImagePrompt.of(PLAIN, ONE)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("is not a CLIP vision encoder");
    }
    assertThatThrownBy(() -> draw(ImagePrompt.of(faces("ip_adapter.0.to_q_lora.down.weight"), ONE)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("FaceID")
        .hasMessageContaining("non-commercial");
  }

  private static Path faces(String name) {
    Path file = folder.resolve("faces.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(name, List.of(1L), new float[1], DType.F32);
    writer.write(file);
    return file;
  }

  private static void assertClose(Image one, Image other) {
    byte[] a = one.rgb();
    byte[] b = other.rgb();
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs((a[i] & 255) - (b[i] & 255))).isLessThanOrEqualTo(2);
    }
  }
}
