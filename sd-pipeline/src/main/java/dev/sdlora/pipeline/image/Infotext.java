package dev.sdlora.pipeline.image;

import dev.sdlora.api.PromptSpec;

public final class Infotext {
  private Infotext() {}

  public static String write(ImageSettings s) {
    return s.toString();
  }

  public static PromptSpec parse(String s) {
    return PromptSpec.builder().prompt(s).build();
  }
}
