package dev.sdlora.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstWeightTest {
  private static BlockChange block(ModelPart part, String name, double share) {
    return new BlockChange(part, name, 1, share, 1);
  }

  @ParameterizedTest
  @CsvSource({"0.05, 1", "0.2, 1", "0.21, 0.95", "0.4, 0.5", "0.5, 0.4", "100, 0.05"})
  void of_mostChangedBlock_staysBelowTwentyPercent(double share, double weight) {
    FirstWeight first =
        FirstWeight.of(
            List.of(block(ModelPart.UNET, "IN01", 0.01), block(ModelPart.UNET, "IN04", share)));
    assertThat(first.weight()).isEqualTo(weight);
    assertThat(first.reason()).contains(weight == 1 ? "The weight of the training" : "IN04");
  }

  @Test
  void of_textEncoders_doNotCount() {
    assertThat(FirstWeight.of(List.of(block(ModelPart.TEXT_ENCODER, "layer 0", 3))).weight())
        .isEqualTo(1);
    assertThat(FirstWeight.of(List.of()).weight()).isEqualTo(1);
  }
}
