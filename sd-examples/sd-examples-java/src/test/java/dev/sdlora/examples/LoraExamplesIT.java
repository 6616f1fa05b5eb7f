package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.training.TrainingSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Each example about LoRAs does what its comment says. */
final class LoraExamplesIT extends RunningExamples {
  @Test
  void stackTwoLoras_eachCombinationGivesAnotherPicture() throws IOException {
    StackTwoLoras.main(arguments());
    assertThat(pixels("stack-both.png")).isNotEqualTo(pixels("stack-off.png"));
    assertThat(pixels("stack-inverted.png")).isNotEqualTo(pixels("stack-off.png"));
  }

  @Test
  void swapLora_onlyTheLoraChangesThePicture() throws IOException {
    SwapLora.main(arguments());
    assertThat(pixels("swap-ink_lines.png")).isNotEqualTo(pixels("swap-plain.png"));
  }

  @Test
  void serveSeveralLoras_drawsEachRequest() throws IOException {
    ServeSeveralLoras.main(arguments());
    for (int i = 1; i < 4; i++) {
      assertThat(pixels("serve-" + i + ".png")).isNotEqualTo(pixels("serve-4.png"));
    }
  }

  @Test
  void trainLora_writesALoraAndDrawsWithIt() throws IOException {
    TrainLora.main(new String[] {folder.toString(), "21"});
    assertThat(file("moon.safetensors")).isNotEmpty();
    assertThat(ImageIO.read(file("moon-loss.png")).getWidth()).isPositive();
    assertThat(ImageIO.read(file("moon.png")).getWidth()).isEqualTo(128);
  }

  @Test
  void drawBadges_writesTwelvePicturesWithCaptions() throws IOException {
    DrawBadges.main(arguments());
    assertThat(TrainingSet.ofFolder(folder).examples())
        .hasSize(12)
        .allSatisfy(
            example -> {
              assertThat(example.caption()).matches("a badge on a [a-z]+ background");
              assertThat(example.image().get().getWidth()).isEqualTo(128);
            });
  }

  @Test
  void whatLoraIs_strengthZeroMovesNothing() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      WhatLoraIs.main(arguments());
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .hasSize(5)
        .anySatisfy(line -> assertThat(line).matches("W: 2.000.000 numbers, B and A: 6.000"))
        .anySatisfy(
            line -> assertThat(line).matches("strength +0.0: outputs move by 0.00 .* 0e.00"));
  }

  @Test
  void makeLoras_writesThem() {
    MakeLoras.main(arguments());
    for (String name : new String[] {"both", "small", "tuned", "extracted", "peft"}) {
      assertThat(file("made-" + name + ".safetensors")).isNotEmpty();
    }
  }
}
