package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.training.option.CaptionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metadata of trained files. */
class FileMetadataTest {
  @TempDir private Path folder;

  private LoraAdapter train(LoraTrainerBuilder builder) {
    return LoraAdapter.open(builder.steps(2).build().train().file());
  }

  private LoraTrainerBuilder builder() {
    return Fixtures.trainer(folder.resolve("discs-v1.safetensors"));
  }

  @Test
  void metadata_defaults_areKohyas() {
    LoraAdapter lora = train(builder());

    assertThat(lora.alias()).contains("discs-v1");
    assertThat(lora.family()).isEqualTo(ModelFamily.SD1);
    assertThat(lora.metadata())
        .containsEntry("ss_network_module", "networks.lora")
        .containsEntry("ss_network_dim", "4")
        .containsEntry("ss_network_alpha", "4")
        .containsEntry("ss_base_model_version", "sd_v1")
        .containsEntry("ss_v2", "False")
        .containsEntry("ss_clip_skip", "1")
        .containsEntry("ss_resolution", "(64, 64)")
        .containsEntry("ss_seed", "0")
        .containsEntry("ss_steps", "2")
        .containsEntry("ss_max_train_steps", "2")
        .containsEntry("ss_epoch", "1")
        .containsEntry("ss_num_train_images", "3")
        .containsEntry("ss_total_batch_size", "1")
        .containsEntry("ss_learning_rate", "0.005")
        .containsEntry("ss_unet_lr", "0.005")
        .containsEntry("ss_text_encoder_lr", "None")
        .containsEntry("ss_optimizer", "torch.optim.adamw.AdamW(weight_decay=0.01)")
        .containsEntry("ss_lr_scheduler", "constant")
        .containsEntry("ss_noise_offset", "None")
        .containsEntry("ss_min_snr_gamma", "None")
        .containsEntry("ss_caption_dropout_rate", "0")
        .containsEntry("ss_training_comment", "None")
        .containsEntry("ss_training_started_at", "1767323045.0")
        .containsEntry("ss_training_finished_at", "1767323045.0")
        .containsEntry("modelspec.sai_model_spec", "1.0.0")
        .containsEntry("modelspec.architecture", "stable-diffusion-v1/lora")
        .containsEntry("modelspec.title", "discs-v1")
        .containsEntry("modelspec.resolution", "64x64")
        .containsEntry("modelspec.prediction_type", "epsilon")
        .containsEntry("modelspec.date", "2026-01-02T03:04:05Z")
        .doesNotContainKeys("ss_network_args", "modelspec.trigger_phrase");
  }

  @Test
  void metadata_checkpoint_isNamedAsA1111NamesIt() {
    Map<String, String> metadata = train(builder()).metadata();

    assertThat(metadata)
        .containsEntry("ss_sd_model_name", String.valueOf(Fixtures.CHECKPOINT.getFileName()))
        .containsEntry("ss_sd_model_hash", FileHashes.legacy(Fixtures.CHECKPOINT))
        .containsEntry("ss_new_sd_model_hash", FileHashes.sha256(Fixtures.CHECKPOINT));
  }

  @Test
  void metadata_everySetting_isToldInItsPlace() throws IOException {
    Map<String, String> metadata =
        train(
                builder()
                    .name("Discs")
                    .triggerWord("zorg")
                    .modules(TrainedModules.CONVOLUTIONS)
                    .textEncoder(true)
                    .alpha(1.5)
                    .batchSize(4)
                    .learningRate(1e-5)
                    .warmup(1)
                    .noiseOffset(0.05)
                    .minSnrGamma(5)
                    .captions(CaptionOptions.DEFAULTS.withDropout(0.1))
                    .clipSkip(2)
                    .seed(-3))
            .metadata();

    assertThat(metadata)
        .containsEntry("ss_output_name", "Discs")
        .containsEntry("ss_network_alpha", "1.5")
        .containsEntry("ss_network_args", "{\"conv_dim\":\"4\",\"conv_alpha\":\"1.5\"}")
        .containsEntry("ss_learning_rate", "0.00001")
        .containsEntry("ss_text_encoder_lr", "0.000005")
        .containsEntry("ss_lr_scheduler", "constant_with_warmup")
        .containsEntry("ss_lr_warmup_steps", "1")
        .containsEntry("ss_noise_offset", "0.05")
        .containsEntry("ss_min_snr_gamma", "5")
        .containsEntry("ss_caption_dropout_rate", "0.1")
        .containsEntry("ss_clip_skip", "2")
        .containsEntry("ss_seed", "-3")
        .containsEntry("ss_epoch", "3")
        .containsEntry("ss_training_comment", "trigger word: zorg")
        .containsEntry("modelspec.trigger_phrase", "zorg");
    JsonNode tags = new ObjectMapper().readTree(metadata.get("ss_tag_frequency")).get("pictures");
    assertThat(tags.get("zorg").asInt()).isEqualTo(3);
    assertThat(tags.get("flat").asInt()).isEqualTo(2);
    assertThat(tags.get("a blue disc").asInt()).isEqualTo(1);
  }
}
