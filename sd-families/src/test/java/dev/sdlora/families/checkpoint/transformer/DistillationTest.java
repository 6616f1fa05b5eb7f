package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.tensors.io.SettingsJson;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the signs of distilled models. */
final class DistillationTest {
  @ParameterizedTest
  @CsvSource({
    "FLUX2, flux-2-klein-4b.safetensors, true, the default",
    "FLUX2, flux-2-klein-base-4b.safetensors, false, the name",
    "FLUX2, FLUX.2-klein-base-4B, false, the name",
    "FLUX2, database.safetensors, true, the default",
    "Z_IMAGE, z_image_turbo_bf16.safetensors, true, the name",
    "Z_IMAGE, z_image_bf16.safetensors, false, the name",
    "Z_IMAGE, Z-Image, false, the name",
    "Z_IMAGE, Z-Image-Turbo, true, the name",
    "Z_IMAGE, z-image-base.safetensors, false, the name",
    "Z_IMAGE, my-z-image-mix.safetensors, true, the default",
    "Z_IMAGE, diffusion_pytorch_model.safetensors.index.json, true, the default"
  })
  void of_name_decidesLast(ModelFamily family, String name, boolean distilled, String sign)
      throws JsonProcessingException {
    Distillation found = of(family, "{}", "{}", Map.of(), name);
    assertThat(found.distilled()).isEqualTo(distilled);
    assertThat(found.sign()).startsWith(sign);
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, metadata is_distilled",
    "false, false, metadata is_distilled",
    "maybe, true, metadata modelspec.title"
  })
  void of_metadataOfWrittenFiles_goesBeforeTitles(String value, boolean distilled, String sign)
      throws JsonProcessingException {
    Distillation found =
        of(
            ModelFamily.FLUX2,
            "{}",
            "{}",
            Map.of("modelspec.title", "turbo", "is_distilled", value),
            "base.safetensors");
    assertThat(found.distilled()).isEqualTo(distilled);
    assertThat(found.sign()).startsWith(sign);
  }

  private static Distillation of(
      ModelFamily family, String index, String scheduler, Map<String, String> metadata, String name)
      throws JsonProcessingException {
    return Distillation.of(
        Families.of(family),
        SettingsJson.parse(index),
        SettingsJson.parse(scheduler),
        metadata,
        Path.of(name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FLUX2 | {\"is_distilled\": false} | {\"shift\": 3.0} | turbo | false | is_distilled in",
        "FLUX2 | {\"is_distilled\": true} | {\"shift\": 3.0} | base | true | is_distilled in",
        "FLUX2 | {} | {\"shift\": 3.0} | FLUX.2 klein base | false | metadata modelspec.title",
        "FLUX2 | {\"is_distilled\": \"no\"} | {} | Klein | true | the default",
        "Z_IMAGE | {} | {\"shift\": 6.0} | turbo | false | shift 6.0 in",
        "Z_IMAGE | {} | {\"shift\": 3} | base | true | shift 3.0 in",
        "Z_IMAGE | {} | {\"shift\": 4} | base | false | metadata modelspec.title",
        "Z_IMAGE | [] | {\"shift\": \"x\"} | Turbo | true | metadata modelspec.title"
      })
  void of_settingsAndMetadata_goBeforeTheName(
      ModelFamily family,
      String index,
      String scheduler,
      String title,
      boolean distilled,
      String sign)
      throws JsonProcessingException {
    Distillation found =
        of(family, index, scheduler, Map.of("modelspec.title", title), "model.safetensors");
    assertThat(found.distilled()).isEqualTo(distilled);
    assertThat(found.sign()).startsWith(sign);
  }
}
