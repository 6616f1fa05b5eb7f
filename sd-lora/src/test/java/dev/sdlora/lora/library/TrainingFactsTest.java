package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.lora.LoraDetails.Training;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingFactsTest {
  private static Training of(Map<String, String> metadata) {
    return TrainingFacts.of(metadata, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ss_resolution        | (512, 768)                             | 512x768",
        "ss_resolution        | 640                                    | 640x640",
        "ss_resolution        | 512,640                                | 512x640",
        "ss_resolution        | 500x500                                | 500x500",
        "ss_datasets          | [{\"resolution\": [1024, 768]}, {}]    | 1024x768",
        "modelspec.resolution | 1024x1024                              | 1024x1024",
      })
  void resolution_anySpelling_isRead(String key, String value, String size) {
    assertThat(of(Map.of(key, value)).resolution().map(Object::toString)).contains(size);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ss_resolution | None",
        "ss_resolution | large",
        "ss_resolution | (512, 768, 3)",
        "ss_datasets   | [",
        "ss_datasets   | [{}]",
      })
  void resolution_nonsense_isNothing(String key, String value) {
    assertThat(of(Map.of(key, value)).resolution()).isEmpty();
  }

  @Test
  void of_pythonsNone_isNothing() {
    Training training =
        of(Map.of("ss_clip_skip", "None", "ss_sd_model_name", "None", "modelspec.title", " "));
    assertThat(training.clipSkip()).isEmpty();
    assertThat(training.checkpoint()).isEmpty();
    assertThat(training.title()).isEmpty();
  }

  @Test
  void of_facts_areRead() {
    Training training =
        of(
            Map.of(
                "ss_clip_skip", "2",
                "ss_sd_model_name", "v1-5.safetensors",
                "modelspec.title", "Ink"));
    assertThat(training.clipSkip()).hasValue(2);
    assertThat(training.checkpoint()).contains("v1-5.safetensors");
    assertThat(training.title()).contains("Ink");
  }

  @Test
  void checkpoint_othersSay_isUsedWhenTheFileIsSilent() {
    assertThat(TrainingFacts.of(Map.of(), Optional.of("SD 1.5")).checkpoint()).contains("SD 1.5");
    assertThat(
            TrainingFacts.of(Map.of("ss_sd_model_name", "mine"), Optional.of("SD 1.5"))
                .checkpoint())
        .contains("mine");
  }
}
