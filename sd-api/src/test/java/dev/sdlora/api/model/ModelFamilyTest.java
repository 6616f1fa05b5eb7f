package dev.sdlora.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Embedding;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFamilyTest {
  @ParameterizedTest
  @CsvSource({
    "768, SD1",
    "1024, SD2",
    "768 1280, SDXL",
    "1280 768, UNKNOWN",
    "1280, UNKNOWN",
    "512, UNKNOWN"
  })
  void embeddings_areOfTheFamilyWithTheirWidths(String widths, ModelFamily family) {
    List<Integer> numbers = Stream.of(widths.split(" ")).map(Integer::valueOf).toList();
    assertThat(new Embedding(Path.of("cat.pt"), "cat", 1, numbers).family()).isEqualTo(family);
  }

  @Test
  void ownDefaults_areThoseOfTransformers() {
    assertThat(Arrays.stream(ModelFamily.values()).filter(ModelFamily::hasOwnDefaults))
        .containsExactly(
            ModelFamily.FLUX2,
            ModelFamily.Z_IMAGE,
            ModelFamily.FLUX1,
            ModelFamily.CHROMA,
            ModelFamily.SD3);
  }
}
