package dev.sdlora.request.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.testkit.SlowJpeg;
import java.awt.Color;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BackgroundTest {
  @Test
  void behind_jpegOfManyScans_isNotDecoded() throws IOException {
    assertThat(Background.behind(SlowJpeg.ofScans(64, 64, 5), Color.RED)).isPresent();
    assertThat(Background.behind(SlowJpeg.ofScans(1024, 1024, 2000), Color.RED)).isEmpty();
  }
}
