package dev.sdlora.pipeline.model;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.spi.Backend.Settings;
import dev.sdlora.families.memory.DeviceMemory;
import dev.sdlora.families.memory.MemoryBudget;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;
import java.util.function.Function;

/**
 * The weights of a model that are in memory while they are used, and the memory that requests may
 * take. Safe for several threads.
 */
public final class ModelMemory {
  /** Larger images are processed in strips by an autoencoder without packed layers. */
  private static final long LARGE_PIXELS = 768 * 768;

  private final Vae vae;
  private final MemoryBudget budget;
  private final OnDemand textEncoders;
  private final OnDemand denoiser;
  private final OnDemand vaeEncoder;
  private final OnDemand vaeDecoder;

  ModelMemory(Networks networks, ModelLoras loras, Settings settings) {
    this.vae = networks.vae();
    LiveWeights weights = networks.denoiser().weights();
    this.budget =
        new MemoryBudget(
            settings.limits().maxBytes(),
            new DeviceMemory(networks.torch().device()),
            networks.torch()::returnFreedMemory,
            Natives::freedBytes,
            Runtime.getRuntime().maxMemory(),
            largestWeight(weights));
    MemoryPolicy policy = settings.memoryPolicy();
    List<LiveWeights> encoders =
        networks.encoders().stream().map(AdaptableNetwork::weights).toList();
    this.textEncoders =
        new OnDemand(
            policy,
            encoders,
            () -> {
              for (int i = 0; i < encoders.size(); i++) {
                loras.read(Network.textEncoder(i));
              }
            });
    this.denoiser =
        new OnDemand(
            networks.keepsDenoiser() ? MemoryPolicy.KEEP : policy,
            List.of(weights),
            () -> loras.read(Network.UNET));
    this.vaeEncoder = onDemand(policy, vae.encoderWeights());
    this.vaeDecoder = onDemand(policy, vae.decoderWeights());
  }

  private static long largestWeight(LiveWeights weights) {
    return weights.shapes().values().stream()
        .mapToLong(
            shape -> shape.stream().reduce((long) weights.type().bytes(), Math::multiplyExact))
        .max()
        .orElse(0);
  }

  private static OnDemand onDemand(MemoryPolicy policy, LiveWeights weights) {
    return new OnDemand(policy, List.of(weights), weights::read);
  }

  /** Returns the memory budget shared by requests. */
  public MemoryBudget budget() {
    return budget;
  }

  /** Returns the weights of the text encoders, including changes by LoRAs. */
  public OnDemand textEncoders() {
    return textEncoders;
  }

  /** Returns the weights of the denoiser, including changes by LoRAs. */
  public OnDemand denoiser() {
    return denoiser;
  }

  /** Returns the weights of the VAE encoder. */
  public OnDemand vaeEncoder() {
    return vaeEncoder;
  }

  /** Returns the weights of the VAE decoder. */
  public OnDemand vaeDecoder() {
    return vaeDecoder;
  }

  /**
   * Runs work on the autoencoder, with the settings of a request and an image size. Weights that
   * are not in memory are read on first use.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public <T> T withVae(PromptSpec spec, ImageSize size, Function<Vae, T> work) {
    try (OnDemand.Use encoding = vaeEncoder.use();
        OnDemand.Use decoding = vaeDecoder.use()) {
      Vae reading =
          vae.tiling(spec.tiling())
              .reading(
                  () -> required(encoding, vae.encoderWeights()),
                  () -> required(decoding, vae.decoderWeights()));
      return work.apply(strips(spec, size) ? reading.inStrips() : reading);
    }
  }

  private static TensorDict required(OnDemand.Use use, LiveWeights weights) {
    use.require();
    return weights.dict();
  }

  /**
   * Whether images of a size go through the autoencoder in strips. With packed layers, strips are
   * at least as fast at every size.
   */
  public boolean strips(PromptSpec spec, ImageSize size) {
    return switch (spec.vaeTiling()) {
      case AUTO ->
          vae.decoderWeights().isPacked() || (long) size.width() * size.height() > LARGE_PIXELS;
      case ON -> true;
      case OFF -> false;
    };
  }
}
