package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ControlUnit.Mode;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.pipeline.FixedDetector;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the networks that a pipeline can use in addition to its checkpoint, through the public API.
 */
class AuxiliaryNetworksTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(4).seed(5).build();

  @TempDir private static Path folder;
  private static Path control;
  private Pipeline pipeline = builder().build();
  private int arrays = pipeline.liveTensors();

  /**
   * Writes a ControlNet with the weights of the U-Net's encoder and random values for the other
   * layers.
   */
  @BeforeAll
  static void makeControlNet() {
    UNetFiles model = CheckpointReader.read(Fixtures.CHECKPOINT);
    ControlNetConfig config = new ControlNetConfig(model.unet().config(), List.of(4, 6, 8, 10));
    RandomWeights weights = new RandomWeights(config.weights(), 3);
    model
        .unet()
        .weights()
        .forEach(
            (name, origin) -> {
              if (config.weights().containsKey(name)) {
                try (TensorFile.Reader reader = origin.file().reader()) {
                  float[] values = reader.floats(origin.entry());
                  System.arraycopy(values, 0, weights.of(name), 0, values.length);
                }
              }
            });
    control = weights.write(folder.resolve("control_edges.safetensors"), name -> name);
  }

  private static Pipeline.Builder builder() {
    return Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT));
  }

  private void use(Pipeline.Builder other) {
    pipeline.close();
    pipeline = other.build();
    arrays = pipeline.liveTensors();
  }

  @AfterEach
  void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
  }

  private byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static ControlUnit.Builder unit() {
    byte[] rgb = new byte[3 * 40 * 30];
    new Random(8).nextBytes(rgb);
    return ControlUnit.builder(control, Image.of(40, 30, rgb));
  }

  @Test
  void generate_details_arePaintedWithoutControlUnits() {
    FixedDetector box = FixedDetector.box(16, 16, 44, 40);
    use(builder().detector(box));
    PromptSpec followed = SPEC.toBuilder().controlUnit(unit().build()).build();
    Image image = pipeline.generate(followed).first().image();

    byte[] detailed = rgb(FixedDetector.pass(followed));

    assertThat(detailed).isEqualTo(rgb(box.byHand(SPEC, image)));
    arrays = pipeline.liveTensors();
  }

  private byte[] following(ControlUnit.Builder... units) {
    PromptSpec.Builder spec = SPEC.toBuilder();
    for (ControlUnit.Builder unit : units) {
      spec.controlUnit(unit.build());
    }
    return rgb(spec.build());
  }

  @Test
  void generate_controlUnits_actAsTheySay() {
    byte[] plain = rgb(SPEC);
    byte[] followed = following(unit());
    assertThat(followed).isNotEqualTo(plain);
    assertThat(following(unit())).isEqualTo(followed);
    assertThat(following(unit().weight(0))).isEqualTo(plain);
    // The last of four steps starts at three quarters of the schedule.
    assertThat(following(unit().range(0.8, 1))).isEqualTo(plain);
    assertThat(following(unit().range(0.75, 1))).isNotIn(plain, followed);
    assertThat(following(unit().range(0, 0.75))).isEqualTo(followed);
    assertThat(following(unit().resizeMode(ResizeMode.JUST_RESIZE))).isNotIn(plain, followed);
    assertThat(following(unit().weight(0.5))).isNotIn(plain, followed);
    assertLevelsDiffer(following(unit().weight(0.5), unit().weight(0.5)), followed, 1);

    byte[] soft = following(unit().mode(Mode.PROMPT));
    assertThat(soft).isNotIn(plain, followed);
    assertThat(following(unit().mode(Mode.CONTROL))).isNotIn(plain, followed, soft);
    assertThat(rgb(SPEC)).isEqualTo(plain);
  }

  @Test
  void generate_preprocessor_isThatOfTheControlImage() {
    ControlUnit photo = unit().build();
    // 40 x 30 pixels cover 64 x 64 at a height of 64.
    Image edges = Preprocessor.CANNY.withResolution(64).apply(photo.image());
    byte[] followed = following(ControlUnit.builder(control, edges));
    assertThat(following(photo.toBuilder().preprocessor(Preprocessor.CANNY))).isEqualTo(followed);
    assertThat(following(photo.toBuilder().preprocessor(Preprocessor.INVERT)))
        .isNotIn(followed, following(photo.toBuilder()));
  }

  @Test
  void generate_preprocessorWithNetwork_needsSdOnnx() {
    assertThatThrownBy(() -> following(unit().preprocessor(Preprocessor.DEPTH_ANYTHING_V2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the library dev.sdlora:sd-onnx is missing; add it as a dependency");
  }

  @Test
  void generate_preprocessor_isWrittenAsA1111Does() {
    ControlUnit.Builder unit = unit().preprocessor(Preprocessor.CANNY);
    assertThat(infotext(unit))
        .contains(
            "ControlNet 0: \"Module: canny, Model: control_edges, Weight: 1, Resize Mode: Crop and")
        .contains(" resize, Threshold A: 100, Threshold B: 200, Guidance Start: 0,")
        .contains("Pixel Perfect: True");
    assertThat(infotext(unit.preprocessor(Preprocessor.THRESHOLD.withResolution(64))))
        .contains("Processor Res: 64, Threshold A: 127, Guidance", "Pixel Perfect: False");
    assertThat(infotext(unit())).contains("Module: none, Model", "Pixel Perfect: False");
  }

  private String infotext(ControlUnit.Builder unit) {
    PromptSpec spec = SPEC.toBuilder().steps(1).controlUnit(unit.build()).build();
    return pipeline.generate(spec).first().infotext();
  }

  @Test
  void generate_t2iAdapter_actsLikeAControlNet() {
    List<Integer> channels = CheckpointReader.read(Fixtures.CHECKPOINT).unet().config().channels();
    Path adapter =
        new RandomWeights(new T2iAdapterConfig(3, 8, channels, 2, 1).weights(), 4)
            .write(folder.resolve("t2iadapter.safetensors"), name -> name);
    ControlUnit unit = ControlUnit.builder(adapter, unit().build().image()).build();
    byte[] plain = rgb(SPEC);
    byte[] followed = following(unit.toBuilder());
    assertThat(followed).isNotEqualTo(plain);
    assertThat(following(unit.toBuilder().weight(0))).isEqualTo(plain);
    assertThat(following(unit.toBuilder().weight(0.5))).isNotIn(plain, followed);
    assertThat(following(unit.toBuilder().mode(Mode.PROMPT))).isNotIn(plain, followed);
    assertThat(following(unit(), unit.toBuilder())).isNotIn(plain, followed, following(unit()));
  }

  @Test
  void generate_controlNetKept_equalsOneThatIsReadForTheRequest() {
    byte[] followed = following(unit());
    use(builder().controlNet(control));
    assertThat(following(unit())).isEqualTo(followed);
  }

  @Test
  void generate_fileThatIsNoControlNet_saysSoAndLeavesNothingBehind() {
    byte[] plain = rgb(SPEC);
    ControlUnit wrong =
        ControlUnit.builder(Fixtures.CHECKPOINT, Image.of(1, 1, new byte[3])).build();
    // By then, the first unit has been loaded.
    PromptSpec spec = SPEC.toBuilder().controlUnit(unit().build()).controlUnit(wrong).build();
    assertThatThrownBy(() -> rgb(spec))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("tiny-sd1", "is not a ControlNet");
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    assertThat(rgb(SPEC)).isEqualTo(plain);
    assertThatThrownBy(() -> builder().controlNet(Fixtures.CHECKPOINT).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not a ControlNet");
  }

  @Test
  void build_controlNetForAnotherModel_saysSo() {
    UNetFiles model = CheckpointReader.read(Fixtures.CHECKPOINT);
    UNetConfig unet = model.unet().config();
    UNetConfig wider =
        new UNetConfig(
            4,
            4,
            unet.channels(),
            unet.layers(),
            unet.transformers(),
            unet.heads(),
            unet.contextWidth() + 8,
            false,
            0,
            0);
    Path file =
        new RandomWeights(new ControlNetConfig(wider, List.of(4, 6, 8, 10)).weights(), 1)
            .write(folder.resolve("other.safetensors"), name -> name);
    assertThatThrownBy(() -> builder().controlNet(file).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "ControlNet '%s' is for another SD 1.x model (text states of width 40), but checkpoint"
                + " 'tiny-sd1' is SD 1.x (text states of width 32)",
            file);
  }

  @Test
  void generate_tiling_movesContentOverTheEdges() {
    byte[] plain = rgb(SPEC);
    byte[] seamless = rgb(SPEC.toBuilder().tiling(Tiling.BOTH).build());
    assertThat(seamless).isNotEqualTo(plain);
    assertThat(rgb(SPEC.toBuilder().tiling(Tiling.X).build())).isNotIn(plain, seamless);
  }

  @Tag("slow")
  @Test
  void generate_vaeInStrips_givesTheSamePicture() {
    byte[] whole = rgb(SPEC.toBuilder().vaeTiling(VaeTiling.OFF).build());
    assertThat(rgb(SPEC)).isEqualTo(whole);
    assertLevelsDiffer(rgb(SPEC.toBuilder().vaeTiling(VaeTiling.ON).build()), whole, 1);
  }

  /** A different order of summation may change a level by 1. */
  private static void assertLevelsDiffer(byte[] actual, byte[] expected, int most) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs((actual[i] & 0xff) - (expected[i] & 0xff))).isLessThanOrEqualTo(most);
    }
  }

  @Test
  void generate_previewDecoder_makesPreviewsOfTheFullSize() {
    Path decoder =
        new RandomWeights(new TinyDecoderConfig(4, 4, TinyDecoderConfig.BLOCKS).weights(), 6)
            .write(folder.resolve("taesd_decoder.safetensors"), name -> name);
    use(builder().previewDecoder(decoder));
    List<String> sizes = new ArrayList<>();
    pipeline.generate(
        SPEC,
        new GenerationListener() {
          @Override
          public void stepEnd(Step step, Supplier<Image> preview) {
            sizes.add(preview.get().width() + "x" + preview.get().height());
          }
        });
    assertThat(sizes).hasSize(4).containsOnly("64x64");
  }

  @Tag("slow")
  @Test
  void generate_finalDecoderTaesd_drawsWithItAndSaysSo() {
    Path decoder =
        new RandomWeights(new TinyDecoderConfig(4, 4, TinyDecoderConfig.BLOCKS).weights(), 6)
            .write(folder.resolve("taesd_decoder.safetensors"), name -> name);
    use(builder().previewDecoder(decoder));
    PromptSpec tiny = SPEC.toBuilder().finalDecoder(FinalDecoder.TAESD).build();
    byte[][] preview = new byte[1][];
    GeneratedImage drawn =
        pipeline
            .generate(
                tiny,
                new GenerationListener() {
                  @Override
                  public void stepEnd(Step step, Supplier<Image> latent) {
                    preview[0] = latent.get().rgb();
                  }
                })
            .images()
            .get(0);

    // The last step ends without noise, so the preview is the image.
    assertThat(drawn.image().rgb()).isEqualTo(preview[0]).isNotEqualTo(rgb(SPEC));
    assertThat(drawn.infotext()).contains(", VAE Decoder: TAESD");
    assertThat(PromptSpec.fromInfotext(drawn.infotext()).finalDecoder())
        .isEqualTo(FinalDecoder.TAESD);
  }

  @Test
  void generate_finalDecoderThatThePipelineHasNot_isRefusedAndTheNextRequestWorks() {
    use(builder());
    PromptSpec tiny = SPEC.toBuilder().finalDecoder(FinalDecoder.TAESD).build();

    assertThatThrownBy(() -> pipeline.generate(tiny))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "finalDecoder is TAESD, but the pipeline has no TAESD file; set it with"
                + " Pipeline.Builder.previewDecoder or --preview-decoder");
    assertThat(rgb(SPEC)).isNotEmpty();
  }

  /**
   * TAESD3 and TAEF1 differ from TAESD only in the channels; the other networks are no TAESD at
   * all.
   */
  @Test
  void build_networksOfOtherModels_areRefusedInOneSentence() {
    Path modern =
        new RandomWeights(new TinyDecoderConfig(16, 4, TinyDecoderConfig.BLOCKS).weights(), 6)
            .write(folder.resolve("taesd3_decoder.safetensors"), name -> name);
    assertThatThrownBy(() -> builder().previewDecoder(modern).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "preview decoder '%s' is for latents with 16 channels, but the checkpoint has 4; it is"
                + " probably TAEF1 or TAESD3, but this checkpoint needs TAESD or TAESDXL",
            modern);
    assertThatThrownBy(() -> builder().previewDecoder(control).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not a TAESD decoder");
    assertThatThrownBy(() -> builder().controlNet(modern).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("taesd3_decoder");
  }

  @Test
  void build_gpuThatIsNotThere_saysInOneSentenceWhatIsMissing() {
    assertThatThrownBy(() -> builder().device("cuda:7").build())
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContainingAll("there is no GPU 7: libtorch 2.", "finds 0 NVIDIA GPUs; GPUs need")
        .hasMessageNotContaining("\n")
        .hasNoCause();
  }
}
