package dev.sdlora.pipeline.model;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Precision;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.family.Family;
import dev.sdlora.pipeline.family.UNetFamily;
import dev.sdlora.pipeline.network.LatentResizing;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.network.Vae;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The loaded networks of a checkpoint and the native memory of their weights. */
public final class Networks implements AutoCloseable {
  private final Torch torch;
  private final TensorLoader loader;
  private final ScalarType type;
  private final List<LiveWeights> loaded = new ArrayList<>();
  private final List<TextEncoder> textEncoders;
  private final UNet unet;
  private final Vae vae;
  private final LatentResizing latentResizing;
  private final Family family;

  private Networks(Torch torch, ModelFiles files, ScalarType type, String device) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.type = type;
    this.textEncoders =
        files.textEncoders().stream()
            .map(
                part -> new TextEncoder(torch, part.config(), unread(part.weights(), loader, type)))
            .toList();
    LiveWeights decoder = PrecisionChoice.vaeWeights(torch, files, false, type, device);
    loaded.add(decoder);
    LiveWeights unetWeights = PrecisionChoice.unetWeights(torch, loader, files, type, device);
    loaded.add(unetWeights);
    LiveWeights encoder = PrecisionChoice.vaeWeights(torch, files, true, type, device);
    loaded.add(encoder);
    this.vae = new Vae(torch, files.vae().config(), encoder, decoder);
    this.unet = new UNet(torch, files.unet().config(), unetWeights);
    this.latentResizing = new LatentResizing(torch);
    this.family = UNetFamily.of(files);
  }

  /**
   * Reads what a memory policy keeps. The VAE's encoder is read by the first request that starts
   * from an image.
   */
  private void read(MemoryPolicy policy) {
    if (policy == MemoryPolicy.KEEP) {
      textEncoders.forEach(encoder -> encoder.weights().read());
      vae.decoderWeights().read();
    }
    unet.weights().read();
  }

  private LiveWeights unread(Map<String, Origin> origins, TensorLoader by, ScalarType format) {
    LiveWeights weights = LiveWeights.unread(torch, by, origins, format);
    loaded.add(weights);
    return weights;
  }

  /** Reads all weights into native memory and keeps them there. */
  public static Networks load(ModelFiles files, Precision precision, String device) {
    Networks networks = load(files, precision, device, MemoryPolicy.KEEP);
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
   */
  public static Networks load(
      ModelFiles files, Precision precision, String device, MemoryPolicy policy) {
    Torch torch = Torch.open(device);
    try {
      ScalarType type = PrecisionChoice.of(precision, device);
      Networks networks = new Networks(torch, files, type, device);
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
    return type;
  }

  /** Returns the text encoders. The U-Net reads their states concatenated in this order. */
  public List<TextEncoder> textEncoders() {
    return textEncoders;
  }

  public UNet unet() {
    return unet;
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

  /** Returns the weights that LoRAs can change. */
  public Map<Network, LiveWeights> patchable() {
    Map<Network, LiveWeights> patchable = new EnumMap<>(Network.class);
    for (int i = 0; i < textEncoders.size(); i++) {
      patchable.put(Network.textEncoder(i), textEncoders.get(i).weights());
    }
    patchable.put(Network.UNET, unet.weights());
    return patchable;
  }

  @Override
  public void close() {
    Closing.all(
        () -> Closing.all(loaded, LiveWeights::close), torch::close, Natives::returnFreedMemory);
  }
}
