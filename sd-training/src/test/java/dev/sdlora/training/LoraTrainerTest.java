package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.step.Bench;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training runs on the tiny checkpoint, from the user's perspective. */
@Timeout(600)
class LoraTrainerTest {
  /**
   * For images of this size, the middle of the U-Net has one position, and attention to one
   * position does not depend on queries and keys: their gradients are zero except for rounding.
   */
  private static final Pattern ONE_POSITION = Pattern.compile("mid_block.*attn1_to_[qk]");

  @TempDir private Path folder;

  private Path output(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void train_fewSteps_writesALoraThatOpens() throws IOException {
    List<TrainingProgress> progress = new ArrayList<>();
    byte[] checkpoint = Files.readAllBytes(Fixtures.CHECKPOINT);
    TrainingResult result =
        Fixtures.trainer(output("discs"))
            .listener(
                new TrainingListener() {
                  @Override
                  public void step(TrainingProgress step) {
                    progress.add(step);
                  }
                })
            .build()
            .train();

    assertThat(result.file()).isEqualTo(output("discs"));
    assertThat(result.steps()).isEqualTo(5);
    assertThat(result.cancelled()).isFalse();
    assertThat(progress).extracting(TrainingProgress::step).containsExactly(1, 2, 3, 4, 5);
    assertThat(progress).allSatisfy(step -> assertThat(step.loss()).isBetween(1e-3, 10.0));
    assertThat(result.firstLoss()).isEqualTo(progress.get(0).loss());
    LoraFile file = LoraFile.open(output("discs"));
    assertThat(file.family()).isEqualTo(ModelFamily.SD1);
    assertThat(file.rank()).isEqualTo(4);
    assertThat(file.strays()).isEmpty();
    assertThat(files()).containsExactly("discs.safetensors");
    assertThat(Files.readAllBytes(Fixtures.CHECKPOINT)).isEqualTo(checkpoint);
  }

  @Test
  void train_sameSeed_givesTheSameBytes() throws IOException {
    Fixtures.trainer(output("a")).name("discs").build().train();
    Fixtures.trainer(output("b")).name("discs").build().train();
    Fixtures.trainer(output("c")).name("discs").seed(1).build().train();

    assertThat(Files.readAllBytes(output("a"))).isEqualTo(Files.readAllBytes(output("b")));
    assertThat(Files.readAllBytes(output("a"))).isNotEqualTo(Files.readAllBytes(output("c")));
  }

  @Test
  void train_convolutionsAndTextEncoder_writesKohyasNamesAndShapes() {
    Fixtures.trainer(output("all"))
        .modules(TrainedModules.CONVOLUTIONS)
        .textEncoder(true)
        .steps(2)
        .batchSize(2)
        .alpha(2)
        .fileFormat(NumberFormat.FLOAT32)
        .build()
        .train();

    TensorFile file = TensorFile.open(output("all"));
    Map<String, List<Long>> unet = Bench.MODEL.unet().config().weights();
    for (String layer :
        List.of(
            "mid_block.resnets.0.conv1",
            "mid_block.resnets.0.time_emb_proj",
            "down_blocks.0.downsamplers.0.conv",
            "up_blocks.0.upsamplers.0.conv",
            "mid_block.attentions.0.proj_in",
            "mid_block.attentions.0.transformer_blocks.0.ff.net.2")) {
      assertShapes(file, "lora_unet_" + layer.replace('.', '_'), unet.get(layer + ".weight"));
    }
    String text = "text_model.encoder.layers.0.mlp.fc1";
    assertShapes(
        file,
        "lora_te_text_model_encoder_layers_0_mlp_fc1",
        Bench.MODEL.textEncoders().get(0).config().weights().get(text + ".weight"));
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .forEach(
              (name, entry) -> {
                float[] values = reader.floats(entry);
                if (name.endsWith(".alpha")) {
                  assertThat(values).containsExactly(2);
                } else if (!ONE_POSITION.matcher(name).find()) {
                  // After two steps with a gradient, the second factor is no longer zero.
                  assertThat(values).as(name).isNotEqualTo(new float[values.length]);
                }
              });
    }
  }

  private static void assertShapes(TensorFile file, String key, @Nullable List<Long> weight) {
    assertThat(weight).as(key).isNotNull();
    List<Long> down = new ArrayList<>(weight);
    down.set(0, 4L);
    List<Long> up = new ArrayList<>(List.of(weight.get(0), 4L));
    if (weight.size() == 4) {
      up.addAll(List.of(1L, 1L));
    }
    assertThat(file.find(key + ".lora_down.weight").orElseThrow().shape()).isEqualTo(down);
    assertThat(file.find(key + ".lora_up.weight").orElseThrow().shape()).isEqualTo(up);
    assertThat(file.find(key + ".alpha").orElseThrow().shape()).isEmpty();
  }

  @Test
  void train_attentionOnly_leavesTheOtherLayersOut() {
    Fixtures.trainer(output("attention"))
        .modules(TrainedModules.ATTENTION)
        .steps(1)
        .build()
        .train();

    assertThat(LoraFile.open(output("attention")).modules())
        .isNotEmpty()
        .allSatisfy(module -> assertThat(module.key()).matches("lora_unet_.*_attn[12]_to_.*"));
  }

  @Tag("slow")
  @Test
  void train_longCaptionAmongShortOnes_fillsUpTheOthers() {
    TrainingSet set =
        TrainingSet.of(
            List.of(
                TrainingExample.of(Fixtures.disc(Color.RED), "a disc ".repeat(60)),
                TrainingExample.of(Fixtures.disc(Color.BLUE), "")));

    TrainingResult result =
        Fixtures.trainer(output("long"))
            .trainingSet(set)
            .batchSize(2)
            .captions(CaptionOptions.DEFAULTS.withDropout(0.5))
            .textEncoder(true)
            .steps(3)
            .build()
            .train();

    assertThat(result.lastLoss()).isFinite();
  }

  /** Sides of 9 and 5 positions, which halve to odd numbers in every level. */
  @Tag("slow")
  @Test
  void train_oddSizeWiderThanHigh_works() {
    TrainingResult result =
        Fixtures.trainer(output("wide")).size(new ImageSize(72, 40)).batchSize(2).build().train();

    assertThat(result.lastLoss()).isFinite();
    assertThat(LoraFile.open(result.file()).file().metadata())
        .containsEntry("ss_resolution", "(72, 40)");
  }

  @Test
  void train_epochs_seeEveryPictureThatOften() {
    assertThat(Fixtures.trainer(output("x")).epochs(4).batchSize(5).build().steps()).isEqualTo(3);
  }

  @Tag("slow")
  @Test
  void train_withSamples_makesPicturesThatTheLoraChanges() throws IOException {
    PromptSpec spec =
        PromptSpec.builder().prompt("a red disc").size(64, 64).steps(2).seed(3).build();
    try (Pipeline pipeline =
        Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build()) {
      byte[] before = pipeline.generate(spec).first().rgb();
      int arrays = pipeline.liveTensors();
      List<Path> shown = new ArrayList<>();
      Path file =
          LoraTrainer.builder()
              .pipeline(pipeline)
              .trainingSet(Fixtures.discs())
              .output(output("discs"))
              .size(Fixtures.SIZE)
              .learningRate(5e-3)
              .steps(6)
              .samples(List.of(spec), 3)
              .lossPlot(folder.resolve("plots/deep/loss.png"))
              .listener(
                  new TrainingListener() {
                    @Override
                    public void sample(Path picture) {
                      shown.add(picture);
                    }
                  })
              .build()
              .train()
              .file();

      assertThat(files())
          .containsExactly(
              "discs-step000003-1.png", "discs-step000006-1.png", "discs.safetensors", "plots");
      assertThat(shown).hasSize(2);
      assertThat(ImageIO.read(folder.resolve("plots/deep/loss.png").toFile()).getWidth())
          .isEqualTo(960);
      LoraAdapter lora = LoraAdapter.open(file);
      byte[] with = pipeline.generate(spec.toBuilder().lora(lora).build()).first().rgb();
      byte[] without =
          pipeline.generate(spec.toBuilder().lora(lora.withStrength(0)).build()).first().rgb();
      assertThat(with).isNotEqualTo(before);
      assertThat(without).isEqualTo(before);
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
  }

  @Test
  void train_rateFarTooHigh_saysInWhichStepAndKeepsWhatWasSaved() throws IOException {
    LoraTrainerBuilder wild = Fixtures.trainer(output("wild")).learningRate(1e25).saveEvery(1);

    assertThatThrownBy(() -> wild.build().train())
        .hasMessageContaining("too large for float16; write");
    assertThat(files()).isEmpty();
    assertThatThrownBy(() -> wild.fileFormat(NumberFormat.FLOAT32).build().train())
        .isInstanceOf(TrainingException.class)
        .hasMessageMatching(
            "the (loss|norm of the gradient) of step 2 is (NaN|-?Infinity), expected a finite"
                + " number; the learning rate 1.0E25 is probably too high; files from earlier"
                + " steps are kept");
    assertThat(files())
        .containsExactly("wild-step000001.safetensors", "wild.training-state.safetensors");
  }
}
