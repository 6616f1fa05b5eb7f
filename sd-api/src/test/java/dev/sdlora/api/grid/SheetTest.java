package dev.sdlora.api.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class SheetTest {
  @Test
  void sheet_hasRoomForLabels() {
    BufferedImage cell = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    Sheet sheet = new Sheet("", List.of("one", "a very long label for a small picture"));
    sheet.row("", List.of(cell, cell));
    BufferedImage drawn = sheet.draw();
    assertThat(drawn.getWidth()).isBetween(2 * 40, 2 * 60);
    assertThat(drawn.getHeight()).isGreaterThan(80);
  }
}
