package dev.sdlora.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads of diffusers folders from Hugging Face. */
final class DiffusersFolderTest {
  private static final String INDEX =
      """
      {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],
       "vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"],
       "tokenizer": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "PNDMScheduler"],
       "safety_checker": ["x", "y"], "text_encoder_2": [null, null]}
      """;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private HubSites sites;

  @BeforeEach
  void start() throws IOException {
    sites =
        new HubSites()
            .small("model_index.json", INDEX)
            .small("README.md", "about")
            .small("scheduler/scheduler_config.json", "{}")
            .small("tokenizer/vocab.json", "{}")
            .small("tokenizer/merges.txt", "#")
            .small("unet/config.json", "{\"unet\": 1}")
            .large("unet/diffusion_pytorch_model.safetensors", HubSites.noise(1001))
            .large("unet/diffusion_pytorch_model.fp16.safetensors", HubSites.noise(1002))
            .large("unet/diffusion_pytorch_model.bin", HubSites.noise(1003))
            .large("unet/diffusion_pytorch_model.non_ema.safetensors", HubSites.noise(1004))
            .small("vae/config.json", "{\"vae\": 1}")
            .large("vae/diffusion_pytorch_model.bin", HubSites.noise(1005))
            .small("text_encoder/config.json", "{\"text\": 1}")
            .small("text_encoder/model.safetensors.index.json", "{}")
            .large("text_encoder/model-00001-of-00002.safetensors", HubSites.noise(1006))
            .large("text_encoder/model-00002-of-00002.safetensors", HubSites.noise(1007))
            .large("text_encoder/model.fp16.safetensors", HubSites.noise(1008))
            .large("safety_checker/model.safetensors", HubSites.noise(1009))
            .large("v1-5-pruned.ckpt", HubSites.noise(1010));
  }

  @AfterEach
  void stop() {
    sites.close();
  }

  private static List<String> names(Path snapshot) throws IOException {
    try (Stream<Path> files = Files.walk(snapshot)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  private Path get(String reference) {
    return sites.store(folder).build().get(reference);
  }

  @Test
  void get_folderWithTransformer_downloadsItsShards() throws IOException {
    try (HubSites hub = new HubSites()) {
      hub.small(
              "model_index.json",
              """
              {"_class_name": "Flux2KleinPipeline", "is_distilled": true,
               "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
               "text_encoder": ["transformers", "Qwen3ForCausalLM"],
               "tokenizer": ["transformers", "Qwen2TokenizerFast"],
               "transformer": ["diffusers", "Flux2Transformer2DModel"],
               "vae": ["diffusers", "AutoencoderKLFlux2"]}
              """)
          .small("scheduler/scheduler_config.json", "{}")
          .small("tokenizer/tokenizer.json", "{}")
          .small("tokenizer/vocab.json", "{ }")
          .small("tokenizer/merges.txt", "#")
          .small("tokenizer/chat_template.jinja", "x")
          .small("text_encoder/config.json", "{\"text\": 1}")
          .small("text_encoder/model.safetensors.index.json", "{\"t\": 1}")
          .large("text_encoder/model-00001-of-00002.safetensors", HubSites.noise(1006))
          .large("text_encoder/model-00002-of-00002.safetensors", HubSites.noise(1007))
          .small("transformer/config.json", "{\"transformer\": 1}")
          .small("transformer/diffusion_pytorch_model.safetensors.index.json", "{\"d\": 1}")
          .large(
              "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
              HubSites.noise(1001))
          .large(
              "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
              HubSites.noise(1002))
          .small("vae/config.json", "{\"vae\": 1}")
          .large("vae/diffusion_pytorch_model.safetensors", HubSites.noise(1005))
          .large("flux-2-klein-4b.safetensors", HubSites.noise(1010))
          .large("teaser.png", HubSites.noise(1011))
          .listed();

      Path found = hub.store(folder).build().get("hf:owner/repo");

      assertThat(names(found))
          .containsExactly(
              "model_index.json",
              "scheduler/scheduler_config.json",
              "text_encoder/config.json",
              "text_encoder/model-00001-of-00002.safetensors",
              "text_encoder/model-00002-of-00002.safetensors",
              "text_encoder/model.safetensors.index.json",
              "tokenizer/merges.txt",
              "tokenizer/tokenizer.json",
              "tokenizer/vocab.json",
              "transformer/config.json",
              "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
              "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
              "transformer/diffusion_pytorch_model.safetensors.index.json",
              "vae/config.json",
              "vae/diffusion_pytorch_model.safetensors");
    }
  }

  @Test
  void get_folder_takesOneChoiceOfEachNetwork() throws IOException {
    sites.listed("../../hostile", "unet/../../x");

    Path snapshot = get("hf:owner/repo");

    assertThat(snapshot)
        .isEqualTo(folder.resolve("hub/models--owner--repo/snapshots/" + HubSites.COMMIT));
    assertThat(names(snapshot))
        .containsExactly(
            "model_index.json",
            "scheduler/scheduler_config.json",
            "text_encoder/config.json",
            "text_encoder/model-00001-of-00002.safetensors",
            "text_encoder/model-00002-of-00002.safetensors",
            "text_encoder/model.safetensors.index.json",
            "tokenizer/merges.txt",
            "tokenizer/vocab.json",
            "unet/config.json",
            "unet/diffusion_pytorch_model.safetensors",
            "vae/config.json",
            "vae/diffusion_pytorch_model.bin");
  }

  @Test
  void get_variant_takesItWhereThereIsOne() throws IOException {
    sites.listed();

    assertThat(names(get("hf:owner/repo#fp16")))
        .contains(
            "unet/diffusion_pytorch_model.fp16.safetensors",
            "text_encoder/model.fp16.safetensors",
            "vae/diffusion_pytorch_model.bin")
        .doesNotContain(
            "unet/diffusion_pytorch_model.safetensors",
            "text_encoder/model.safetensors.index.json",
            "text_encoder/model-00001-of-00002.safetensors");
  }

  @Test
  void get_folderThatIsHalfHere_isNeverReturned() {
    sites.listed().resolved("vae/diffusion_pytorch_model.bin", Site.status(404));
    ModelStore offline = sites.store(folder).offline(true).build();

    DownloadException online =
        catchThrowableOfType(DownloadException.class, () -> get("hf:owner/repo"));
    DownloadException later =
        catchThrowableOfType(DownloadException.class, () -> offline.get("hf:owner/repo"));
    DownloadException byCommit =
        catchThrowableOfType(
            DownloadException.class, () -> offline.get("hf:owner/repo@" + HubSites.COMMIT));

    assertThat(online.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(later.reason()).isEqualTo(Reason.OFFLINE);
    assertThat(byCommit.reason()).isEqualTo(Reason.OFFLINE);
  }

  @Test
  void get_folderThatIsHere_worksOfflineAndWithoutTheHub() {
    sites.listed();
    Path snapshot = get("hf:owner/repo");
    sites.close();

    assertThat(sites.store(folder).offline(true).build().get("hf:owner/repo")).isEqualTo(snapshot);
    assertThat(get("hf:owner/repo")).isEqualTo(snapshot);
    assertThat(get("hf:owner/repo@" + HubSites.COMMIT)).isEqualTo(snapshot);
  }

  @Test
  void get_folderIntoAnother_hasTheRepositorysName() throws IOException {
    sites.listed();

    Path there = sites.store(folder).build().get("hf:owner/repo", folder.resolve("models"));

    assertThat(there).isEqualTo(folder.resolve("models/repo"));
    assertThat(names(there)).hasSize(12).contains("unet/diffusion_pytorch_model.safetensors");
  }

  @Test
  void get_repositoryThatIsNoFolder_namesItsFiles() throws IOException {
    try (HubSites other = new HubSites().large("ink.safetensors", HubSites.noise(5)).listed()) {
      DownloadException failure =
          catchThrowableOfType(
              DownloadException.class, () -> other.store(folder).build().get("hf:owner/repo"));

      assertThat(failure)
          .hasMessage(
              "'hf:owner/repo' is not a diffusers folder because it has no model_index.json;"
                  + " specify one of its files: ink.safetensors");
    }
  }

  @Test
  void get_repositoryWithoutWeights_saysWhatIsMissing() throws IOException {
    try (HubSites other =
        new HubSites().small("model_index.json", INDEX).small("unet/config.json", "{}").listed()) {
      DownloadException failure =
          catchThrowableOfType(
              DownloadException.class, () -> other.store(folder).build().get("hf:owner/repo"));

      assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
      assertThat(failure).hasMessageContaining("weights in unet and vae/config.json");
    }
  }
}
