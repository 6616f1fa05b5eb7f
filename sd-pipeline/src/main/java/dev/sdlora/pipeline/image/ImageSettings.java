package dev.sdlora.pipeline.image;

public record ImageSettings(
    dev.sdlora.api.PromptSpec spec,
    dev.sdlora.api.ImageSize size,
    long seed,
    String model,
    java.util.Optional<String> hash,
    java.util.Map<String, String> loras) {}
