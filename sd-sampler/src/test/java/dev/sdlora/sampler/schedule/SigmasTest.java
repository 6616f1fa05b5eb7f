package dev.sdlora.sampler.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigmasTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1,NaN; sigmas must be finite and not negative: sigma[1]=NaN",
        "NaN,1; sigmas must be finite and not negative: sigma[0]=NaN",
        "Infinity,1; sigmas must be finite and not negative: sigma[0]=Infinity",
        "1,0.5,-0.1; sigmas must be finite and not negative: sigma[2]=-0.1",
        "2,1,1; sigmas must strictly decrease: sigma[1]=1.0, sigma[2]=1.0",
        "1,2; sigmas must strictly decrease: sigma[0]=1.0, sigma[1]=2.0",
        "1; there must be at least two sigmas: [1.0]"
      })
  void of_badLevels_isRefusedWithIndexAndValues(String levels, String message) {
    double[] values = Arrays.stream(levels.split(",", -1)).mapToDouble(Double::valueOf).toArray();

    assertThatThrownBy(() -> Sigmas.of(values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void of_none_isRefused() {
    assertThatThrownBy(Sigmas::of).hasMessage("there must be at least two sigmas: []");
  }

  @Test
  void of_arrayChangedLater_keepsTheLevels() {
    double[] values = {2, 1};
    Sigmas sigmas = Sigmas.of(values);
    values[0] = 0;

    assertThat(sigmas.at(0)).isEqualTo(2);
  }

  @Test
  void at_pastTheLastLevel_isRefused() {
    assertThatThrownBy(() -> Sigmas.of(2, 1).at(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Property
  void of_anyOrder_acceptsOnlyTheDescendingOne(
      @ForAll @Size(min = 2, max = 8) @UniqueElements
          List<@DoubleRange(min = 0, max = 100) Double> levels) {
    double[] values = levels.stream().mapToDouble(Double::doubleValue).toArray();
    double[] ascending = values.clone();
    Arrays.sort(ascending);
    double[] descending = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      descending[i] = ascending[values.length - 1 - i];
    }

    Sigmas sigmas = Sigmas.of(descending);

    assertThat(sigmas.steps()).isEqualTo(values.length - 1);
    for (int i = 0; i < values.length; i++) {
      assertThat(sigmas.at(i)).isEqualTo(descending[i]);
    }
    if (!Arrays.equals(values, descending)) {
      assertThatThrownBy(() -> Sigmas.of(values)).hasMessageContaining("strictly decrease");
    }
  }
}
