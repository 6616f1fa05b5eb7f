package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingLoss;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void metadata_optimiserAndLoss_areNamedAsInKohyas() {
    LoraTrainerBuilder builder =
        builder()
            .optimiser(OptimiserOptions.of(OptimiserKind.PRODIGY).withGrowth(0.5))
            .learningRate(1)
            .weightDecay(0.02)
            .schedule(LearningRateSchedule.cosineWithRestarts(2))
            .loss(TrainingLoss.huberByNoise(0.2))
            .debiased(true)
            .timesteps(TimestepSampling.UNIFORM.within(0.1, 0.9))
            .batchSize(2)
            .accumulation(3);

    assertThat(train(builder).metadata())
        .containsEntry("ss_optimizer", "prodigyopt.prodigy.Prodigy(d_coef=0.5,weight_decay=0.02)")
        .containsEntry("ss_lr_scheduler", "cosine_with_restarts")
        .containsEntry("ss_loss_type", "huber")
        .containsEntry("ss_huber_schedule", "snr")
        .containsEntry("ss_huber_c", "0.2")
        .containsEntry("ss_debiased_estimation", "True")
        .containsEntry("ss_min_timestep", "100")
        .containsEntry("ss_max_timestep", "900")
        .containsEntry("ss_gradient_accumulation_steps", "3")
        .containsEntry("ss_total_batch_size", "6")
        // Two steps of six images, of three.
        .containsEntry("ss_epoch", "4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LION | lion_pytorch.lion_pytorch.Lion(weight_decay=0.01)",
        "ADAFACTOR | transformers.optimization.Adafactor(scale_parameter=False,"
            + "relative_step=False,weight_decay=0.01)"
      })
  void metadata_optimiser_isNamedAsInKohyas(OptimiserKind kind, String name) {
    assertThat(train(builder().optimiser(OptimiserOptions.of(kind))).metadata())
        .containsEntry("ss_optimizer", name)
        .containsEntry("ss_loss_type", "l2")
        .containsEntry("ss_debiased_estimation", "False")
        .containsEntry("ss_gradient_accumulation_steps", "1")
        .doesNotContainKeys("ss_huber_c", "ss_min_timestep");
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

  @Test
  void metadata_ofConceptsAndBuckets_isKohyas() throws IOException {
    for (String concept : List.of("3_zorg", "2_blip")) {
      Path images = Files.createDirectories(folder.resolve("set").resolve(concept));
      ImageIO.write(Fixtures.disc(Color.RED), "png", images.resolve("a.png").toFile());
    }
    Map<String, String> metadata =
        train(
                builder()
                    .images(folder.resolve("set"))
                    .buckets(new BucketOptions(64, 128, 64, false))
                    .flips(true)
                    .captions(new CaptionOptions(true, 1, 0.25, 0))
                    .priorPreservation(Fixtures.discs(), 0.5)
                    .batchSize(5))
            .metadata();

    assertThat(metadata)
        .containsEntry("ss_num_train_images", "5")
        .containsEntry("ss_num_reg_images", "3")
        .containsEntry("ss_prior_loss_weight", "0.5")
        .containsEntry("ss_epoch", "1")
        .containsEntry("ss_enable_bucket", "True")
        .containsEntry("ss_min_bucket_reso", "64")
        .containsEntry("ss_max_bucket_reso", "128")
        .containsEntry("ss_bucket_no_upscale", "True")
        .containsEntry("ss_flip_aug", "True")
        .containsEntry("ss_shuffle_caption", "True")
        .containsEntry("ss_keep_tokens", "1")
        .containsEntry("ss_caption_tag_dropout_rate", "0.25");
    JsonNode folders = new ObjectMapper().readTree(metadata.get("ss_dataset_dirs"));
    assertThat(folders.toString())
        .isEqualTo(
            "{\"2_blip\":{\"n_repeats\":2,\"img_count\":1},\"3_zorg\":{\"n_repeats\":3,\"img_count\":1}}");
  }
}
