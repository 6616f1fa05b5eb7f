package dev.sdlora.lora.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelFamily;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerTablesTest {
  @Test
  void all_haveOneTableForEachFamily() {
    assertThat(LayerTables.ALL.stream().map(LayerTable::family))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ModelFamily.values())
                .filter(family -> family != ModelFamily.UNKNOWN)
                .toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void metadata_ofEachFamily_isReadBack(boolean velocity) {
    assertThat(LayerTables.ALL)
        .allSatisfy(
            table -> {
              assertThat(detected("ss_base_model_version", table.baseVersion(velocity)))
                  .isEqualTo(table.family());
              assertThat(detected("modelspec.architecture", table.architecture(velocity) + "/lora"))
                  .isEqualTo(table.family());
            });
  }

  private static ModelFamily detected(String key, String value) {
    return FamilyDetection.of(Map.of(key, value), List.of());
  }

  @Test
  void names_existForTransformersAlone() {
    assertThat(LayerTables.ALL)
        .allSatisfy(
            table ->
                assertThat(table.names().isPresent()).isEqualTo(table.family().isTransformer()));
  }

  @Test
  void fits_ownFamily() {
    assertThat(LayerTables.ALL).allMatch(table -> table.fits(table.family()));
  }
}
