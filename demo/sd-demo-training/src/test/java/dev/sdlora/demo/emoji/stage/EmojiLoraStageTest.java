package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.SmallSet;
import dev.sdlora.demo.emoji.Style;
import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.CheckpointWriter;
import dev.sdlora.demo.scratch.DenoiserTrainer;
import dev.sdlora.demo.scratch.TextEncoderTrainer;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoRAs trained for a step or two on a tiny checkpoint. */
final class EmojiLoraStageTest {
  private static final VaeConfig VAE = new VaeConfig(List.of(32, 32, 32, 32), 1, 4, 0.18215);
  private static final ClipConfig CLIP = new ClipConfig(64, 1, 1, 64, 49_408, 77);
  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(32, 32), 1, List.of(0, 1), 1, 8, 64, false);

  @TempDir static Path folder;

  private static EmojiLoraStage stage;

  @BeforeAll
  static void writeCheckpoint() {
    Path checkpoint = folder.resolve("tiny.safetensors");
    try (TextEncoderTrainer text =
            new TextEncoderTrainer(CLIP, 2, 0, 0, 0, ScalarType.FLOAT32, 1, 5);
        DenoiserTrainer denoiser =
            new DenoiserTrainer(CLIP, text.result(), UNET, DenoiserTrainer.Settings.PLAIN, 5);
        AutoencoderTrainer vae = new AutoencoderTrainer(VAE, 5)) {
      new CheckpointWriter()
          .textEncoder(CLIP, text.result())
          .unet(UNET, denoiser.result())
          .vae(VAE, vae.result())
          .write(checkpoint);
    }
    Map<Style, Drawings> styles = Map.of(Style.FLAT, SmallSet.drawings());
    LoraImages images = new LoraImages(SmallSet.nouns(), styles);
    stage = new EmojiLoraStage(checkpoint, () -> images, 1);
  }

  @Test
  void run_figure_aFileWithItsWord() {
    stage.run(EmojiLora.ZORP, folder, 2);
    LoraAdapter adapter = LoraAdapter.open(folder.resolve("zorp.safetensors"));
    assertThat(adapter.triggerWords()).extracting(TriggerWord::text).contains("zorp");
  }

  @Test
  void run_slider_aFileThatSaysItsPrompts() {
    stage.run(EmojiLora.SIZE, folder, 2);
    assertThat(TensorFile.open(folder.resolve("size_slider.safetensors")).metadata())
        .hasEntrySatisfying(
            "ss_training_comment",
            comment -> assertThat(comment).startsWith("slider of 'a {}': positive 'a large {}'"));
  }
}
