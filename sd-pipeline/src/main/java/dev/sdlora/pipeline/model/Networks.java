package dev.sdlora.pipeline.model;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.families.Families;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.Family;
import dev.sdlora.families.family.FlowFamily;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.vae.LatentResizing;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.transformer.Qwen3;
import dev.sdlora.families.transformer.T5;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The loaded networks of a checkpoint and the native memory of their weights. */
public final class Networks implements AutoCloseable {
  private final Torch torch;
  private final TensorLoader loader;
  private final HeldFormats formats;
  private final List<LiveWeights> loaded = new ArrayList<>();
  private final List<AdaptableNetwork> encoders;
  private final AdaptableNetwork denoiser;
  private final Vae vae;
  private final LatentResizing latentResizing;
  private final Family family;

  private Networks(Torch torch, ModelFiles files, HeldFormats formats, String device) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.formats = formats;
    ScalarType type = formats.type();
    LiveWeights decoder = keep(PrecisionChoice.vaeWeights(torch, files, false, type, device));
    if (files instanceof UNetFiles parts) {
      this.encoders = clipEncoders(parts);
      LiveWeights weights =
          keep(PrecisionChoice.unetWeights(torch, loader, parts, formats, device));
      this.denoiser = new UNet(torch, parts.unet().config(), weights);
      this.family = parts.family();
    } else {
      TransformerModel parts = (TransformerModel) files;
      this.encoders = textEncoders(parts.texts(), device);
      this.denoiser =
          parts
              .transformer()
              .config()
              .network(
                  torch,
                  keep(PrecisionChoice.transformerWeights(torch, loader, parts, formats, device)));
      this.family = new FlowFamily(parts, Families.of(parts));
    }
    LiveWeights encoder = keep(PrecisionChoice.vaeWeights(torch, files, true, type, device));
    this.vae = new Vae(torch, files.vae().config(), encoder, decoder);
    this.latentResizing = new LatentResizing(torch);
  }

  private List<AdaptableNetwork> clipEncoders(UNetFiles files) {
    return files.textEncoders().stream().<AdaptableNetwork>map(this::clip).toList();
  }

  private TextEncoder clip(ModelFiles.Part<ClipConfig> part) {
    return new TextEncoder(
        torch,
        part.config(),
        keep(PrecisionChoice.clipWeights(torch, loader, part.weights(), formats)));
  }

  private List<AdaptableNetwork> textEncoders(TextParts texts, String device) {
    if (texts instanceof TextParts.Qwen qwen) {
      LiveWeights weights =
          keep(PrecisionChoice.encoderWeights(torch, loader, qwen, formats, device));
      return List.of(new Qwen3(torch, qwen.encoder().config(), weights));
    }
    TextParts.ClipAndT5 two = (TextParts.ClipAndT5) texts;
    List<AdaptableNetwork> all = new ArrayList<>();
    two.clips().forEach(clip -> all.add(clip(clip)));
    two.t5()
        .ifPresent(
            t5 ->
                all.add(
                    new T5(
                        torch,
                        t5.config(),
                        keep(PrecisionChoice.t5Weights(torch, loader, t5, formats, device)))));
    return List.copyOf(all);
  }

  private LiveWeights keep(LiveWeights weights) {
    loaded.add(weights);
    return weights;
  }

  /**
   * Reads what a memory policy keeps. The VAE's encoder is read by the first request that starts
   * from an image.
   */
  private void read(MemoryPolicy policy) {
    if (policy == MemoryPolicy.KEEP) {
      encoders.forEach(encoder -> encoder.weights().read());
      vae.decoderWeights().read();
    }
    if (policy == MemoryPolicy.KEEP || keepsDenoiser()) {
      denoiser.weights().read();
    }
  }

  /**
   * Whether the denoiser stays in memory under every policy. Those of the transformer families are
   * as large as their text encoders, so {@link MemoryPolicy#SPARING} keeps one of the two.
   */
  boolean keepsDenoiser() {
    return denoiser instanceof UNet;
  }

  /** Reads all weights into native memory, in the precision, and keeps them there. */
  public static Networks load(ModelFiles files, Precision precision, String device) {
    Networks networks =
        load(
            files,
            HeldFormats.wide(PrecisionChoice.of(files, precision, device)),
            device,
            MemoryPolicy.KEEP);
    try {
      networks.loaded.forEach(LiveWeights::read);
      return networks;
    } catch (RuntimeException | Error e) {
      networks.close();
      throw e;
    }
  }

  /**
   * Reads the weights that a memory policy keeps into native memory, except those of the VAE
   * encoder. On failure, all memory is released.
   *
   * @param device DJL's name of the device
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   * @throws dev.sdlora.api.error.StableDiffusionException if the device, the model or the precision
   *     does not support the format of the weights
   */
  public static Networks load(
      ModelFiles files,
      Precision precision,
      WeightFormat weights,
      String device,
      MemoryPolicy policy) {
    ScalarType type = PrecisionChoice.of(files, precision, device);
    return load(files, HeldFormats.of(weights, type, precision == Precision.INT8), device, policy);
  }

  private static Networks load(
      ModelFiles files, HeldFormats formats, String device, MemoryPolicy policy) {
    Torch torch = Torch.open(device);
    try {
      PrecisionChoice.requireSupport(formats, torch, device);
      Networks networks = new Networks(torch, files, formats, device);
      networks.read(policy);
      return networks;
    } catch (RuntimeException | Error e) {
      torch.close();
      throw e;
    }
  }

  public Torch torch() {
    return torch;
  }

  public TensorLoader loader() {
    return loader;
  }

  /**
   * Returns the dtype of the text encoders and the U-Net. It is also that of the VAE, except that
   * the VAE uses float32 instead of float16.
   */
  public ScalarType type() {
    return formats.type();
  }

  /** Returns the formats in which weights are held. */
  public HeldFormats formats() {
    return formats;
  }

  /** Returns the requested precision, or the one that {@link Precision#AUTO} selected. */
  public Precision precision() {
    return formats.integers() ? Precision.INT8 : PrecisionChoice.precision(type());
  }

  /** Returns the text encoders. The denoiser reads their states concatenated in this order. */
  public List<AdaptableNetwork> encoders() {
    return encoders;
  }

  /** Returns the network that removes the noise. */
  public AdaptableNetwork denoiser() {
    return denoiser;
  }

  /**
   * Returns the text encoders of a model with a U-Net.
   *
   * @throws ClassCastException if the model has no U-Net
   */
  public List<TextEncoder> textEncoders() {
    return encoders.stream().map(TextEncoder.class::cast).toList();
  }

  /**
   * Returns the denoiser of a model with a U-Net.
   *
   * @throws ClassCastException if the model has no U-Net
   */
  public UNet unet() {
    return (UNet) denoiser;
  }

  /** Returns the model's family. */
  public Family family() {
    return family;
  }

  public Vae vae() {
    return vae;
  }

  public LatentResizing latentResizing() {
    return latentResizing;
  }

  /** Runs work with the best number of threads for an image size. */
  public <T> T drawing(ImageSize size, Supplier<T> work) {
    long pixels = (long) size.width() * size.height();
    return ThreadLimit.draw(denoiser.weights().size(), pixels, work);
  }

  /** Returns the weights that LoRAs can change. */
  public Map<Network, LiveWeights> patchable() {
    Map<Network, LiveWeights> patchable = new EnumMap<>(Network.class);
    for (int i = 0; i < encoders.size(); i++) {
      patchable.put(Network.textEncoder(i), encoders.get(i).weights());
    }
    patchable.put(Network.UNET, denoiser.weights());
    return patchable;
  }

  @Override
  public void close() {
    Closing.all(
        () -> Closing.all(loaded, LiveWeights::close), torch::close, Natives::returnFreedMemory);
  }
}
