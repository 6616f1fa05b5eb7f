package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Linear;
import dev.sdlora.onnx.pixels.Pixels;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearTest {
  @ParameterizedTest
  @CsvSource({
    "wide, 64, 38", "wide, 75, 45", "wide, 26, 86", "wide, 13, 200", "wide, 1, 1",
    "tall, 64, 38", "tall, 75, 45", "tall, 26, 86", "tall, 13, 200", "tall, 1, 1",
    "small, 64, 38", "small, 75, 45", "small, 26, 86", "small, 13, 200", "small, 1, 1",
  })
  void resize_levels_equalOpenCv(String image, int width, int height) {
    Pixels made = Linear.resize(Pixels.of(Resources.image(image)), width, height);
    Image expected = Resources.image("%s.%sx%s".formatted(image, width, height));
    assertThat(Arrays.mismatch(made.rgb(), expected.rgb())).isEqualTo(-1);
  }
}
