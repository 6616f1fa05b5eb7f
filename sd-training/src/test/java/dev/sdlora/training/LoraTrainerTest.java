package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainings on the tiny checkpoint: what users are promised. */
@Timeout(60)
class LoraTrainerTest {
  @TempDir private Path folder;

  private Path output(String name) {
    return folder.resolve(name + ".safetensors");
  }

  @Test
  void train_fewSteps_writesALoraThatOpens() {
    List<TrainingProgress> progress = new ArrayList<>();
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
    assertThat(progress).allSatisfy(step -> assertThat(step.loss()).isBetween(0.01, 10.0));
    LoraFile file = LoraFile.open(output("discs"));
    assertThat(file.family()).isEqualTo(ModelFamily.SD1);
    assertThat(file.rank()).isEqualTo(4);
    assertThat(file.strays()).isEmpty();
  }

  @Test
  void train_sameSeed_givesTheSameBytes() throws IOException {
    Fixtures.trainer(output("a")).name("discs").build().train();
    Fixtures.trainer(output("b")).name("discs").build().train();

    assertThat(Files.readAllBytes(output("a"))).isEqualTo(Files.readAllBytes(output("b")));
  }

  @Test
  void train_textEncoderAndConvolutions_trainsThemToo() {
    Fixtures.trainer(output("all"))
        .modules(TrainedModules.CONVOLUTIONS)
        .textEncoder(true)
        .batchSize(2)
        .build()
        .train();

    LoraFile file = LoraFile.open(output("all"));
    assertThat(file.modules())
        .extracting(module -> module.key())
        .contains(
            "lora_unet_mid_block_resnets_0_conv1",
            "lora_unet_down_blocks_0_downsamplers_0_conv",
            "lora_unet_mid_block_attentions_0_proj_in",
            "lora_te_text_model_encoder_layers_0_mlp_fc1");
  }
}
