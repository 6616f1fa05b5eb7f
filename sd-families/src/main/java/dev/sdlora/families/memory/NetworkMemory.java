package dev.sdlora.families.memory;

import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.upscaler.SrvggConfig;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaeConfig;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Estimates the native memory that networks allocate while they run, not counting weights: walks
 * through their programs and adds up the tensors that are live at the same time.
 *
 * <p>{@code number} is always the size of an element in bytes. Sizes are computed in double
 * precision, so that no image size overflows.
 */
public final class NetworkMemory {
  /**
   * Number of tensors in attention over all positions: input, norm, query, key, value, output, and
   * copies.
   */
  private static final int MIDDLE = 8;

  private NetworkMemory() {}

  /** Returns the number of latent positions at a level; its sides are rounded up. */
  private static double positions(double height, double width, int level) {
    double scale = 1 << level;
    return Math.ceil(height / scale) * Math.ceil(width / scale);
  }

  /**
   * Adds a residual block, including its input. The engine copies the input of convolutions, and,
   * for 1×1 kernels, once more in float32.
   */
  private static void resnet(Peak peak, double in, double out) {
    peak.at(in, in);
    peak.at(in, in, out);
    peak.at(out, out, out);
    if (in != out) {
      peak.at(out, in, peak.wide(in), out);
    }
  }

  /**
   * Returns the memory of the residuals of a ControlNet, which computes in float32.
   *
   * @param unet the U-Net
   * @param height the height of the latent
   * @param width the width of the latent
   * @param rows the rows of the batch
   */
  public static AllocatedBytes residuals(UNetConfig unet, double height, double width, int rows) {
    int last = unet.levels() - 1;
    Peak peak = new Peak(Float.BYTES, rows);
    skips(unet, height, width).forEach(peak::keep);
    peak.keep(unet.channels().get(last) * positions(height, width, last));
    return peak.most();
  }

  /**
   * Returns the memory of features that are kept for calls that run only the outermost blocks.
   *
   * @param unet the U-Net
   * @param height the height of the latent
   * @param width the width of the latent
   * @param number bytes of an element
   * @param rows the rows of all batches of a call
   * @param branch the skip connection at which these calls end
   * @param controlNets the number of ControlNets whose residuals are also kept, in float32
   */
  public static AllocatedBytes kept(
      UNetConfig unet,
      double height,
      double width,
      int number,
      int rows,
      int branch,
      int controlNets) {
    List<Double> skips = skips(unet, height, width);
    int block = skips.size() - 1 - Math.min(branch, skips.size() - 1);
    int level = unet.levels() - 1 - block / (unet.layers() + 1);
    boolean entersLevel = block % (unet.layers() + 1) == 0;
    int from = entersLevel ? Math.min(level + 1, unet.levels() - 1) : level;
    Peak features = new Peak(number, rows);
    features.keep(unet.channels().get(from) * positions(height, width, level));
    Peak residuals = new Peak(Float.BYTES, rows * controlNets);
    skips.stream().limit(branch + 1L).forEach(residuals::keep);
    return features.most().and(residuals.most());
  }

  /**
   * Returns the memory of cached keys and values of texts in all layers that read them.
   *
   * @param unet the U-Net
   * @param number bytes of an element
   * @param rows the rows of all batches of a call
   * @param tokens the tokens of a row
   * @param texts the number of texts kept for each row
   */
  public static AllocatedBytes textKeys(
      UNetConfig unet, int number, int rows, int tokens, int texts) {
    Peak peak = new Peak(number, rows);
    unet.weights()
        .forEach(
            (name, shape) -> {
              if (name.endsWith(".attn2.to_k.weight")) {
                for (int i = 0; i < 2 * texts; i++) {
                  peak.keep((double) shape.get(0) * tokens);
                }
              }
            });
    return peak.most();
  }

  /**
   * Returns the additional memory of a call with LoRA regions: queries, keys and values of each
   * region in the largest attention, and copies of them.
   *
   * @param unet the U-Net
   * @param height the height of the latent
   * @param width the width of the latent
   * @param number bytes of an element
   * @param rows the rows of the batch
   * @param regions the number of regions
   */
  public static AllocatedBytes regions(
      UNetConfig unet, double height, double width, int number, int rows, int regions) {
    Peak peak = new Peak(number, rows);
    for (int level = unet.levels() - 1; level >= 0; level--) {
      if (unet.attendsAt(1 << level)) {
        peak = new Peak(number, rows);
        peak.keep(MIDDLE * regions * unet.channels().get(level) * positions(height, width, level));
      }
    }
    return peak.most();
  }

  /** Returns the sizes of the skip connections. */
  private static List<Double> skips(UNetConfig unet, double height, double width) {
    Deque<Double> kept = new ArrayDeque<>();
    kept.add(unet.channels().get(0) * positions(height, width, 0));
    for (int level = 0; level < unet.levels(); level++) {
      double channels = unet.channels().get(level);
      for (int j = 0; j < unet.layers(); j++) {
        kept.add(channels * positions(height, width, level));
      }
      if (level < unet.levels() - 1) {
        kept.add(channels * positions(height, width, level + 1));
      }
    }
    return List.copyOf(kept);
  }

  /**
   * Returns the memory of a call of the U-Net.
   *
   * @param unet the U-Net
   * @param height the height of the latent
   * @param width the width of the latent
   * @param number bytes of an element
   * @param rows the rows of the batch
   */
  public static AllocatedBytes unet(
      UNetConfig unet, double height, double width, int number, int rows) {
    Peak peak = new Peak(number, rows);
    peak.keep(unet.channels().get(0) * positions(height, width, 0));
    double in = unet.channels().get(0);
    for (int level = 0; level < unet.levels(); level++) {
      double here = positions(height, width, level);
      double out = unet.channels().get(level);
      for (int j = 0; j < unet.layers(); j++) {
        block(peak, unet, level, here * in, here * out);
        peak.keep(here * out);
        in = out;
      }
      if (level < unet.levels() - 1) {
        peak.keep(positions(height, width, level + 1) * out);
      }
    }
    List<Double> skips = skips(unet, height, width);
    int next = skips.size() - 1;
    for (int level = unet.levels() - 1; level >= 0; level--) {
      double here = positions(height, width, level);
      double out = here * unet.channels().get(level);
      double from = here * in;
      for (int j = 0; j <= unet.layers(); j++) {
        double skip = skips.get(next--);
        double both = from + skip;
        peak.at(from, both);
        peak.drop(skip);
        peak.keep(both);
        block(peak, unet, level, both, out);
        peak.drop(both);
        from = out;
      }
      in = unet.channels().get(level);
      if (level > 0) {
        double above = in * positions(height, width, level - 1);
        peak.at(out, above, above, above);
      }
    }
    return peak.most();
  }

  /**
   * Adds a residual block and the transformer after it, whose hidden layer is four times as wide.
   */
  private static void block(Peak peak, UNetConfig unet, int level, double in, double out) {
    resnet(peak, in, out);
    if (unet.transformers().inLevel(level)) {
      // Input, running sum, both halves of the hidden layer, one of them activated, the product.
      peak.at(out, out, 8 * out, 4 * out, 4 * out);
    }
  }

  /**
   * Returns the memory to decode latents to pixels.
   *
   * @param vae the autoencoder
   * @param pixels the pixels of the image
   * @param strips whether layers are processed in strips
   * @param number bytes of an element
   */
  public static AllocatedBytes decode(VaeConfig vae, double pixels, boolean strips, int number) {
    Peak peak = new Peak(number, 1);
    int last = vae.levels() - 1;
    double in = vae.decoderChannels().get(last);
    double here = pixels / (1L << (2 * last));
    middle(peak, here * in);
    for (int level = last; level >= 0; level--) {
      double out = vae.decoderChannels().get(level);
      vaeResnet(peak, in, out, here, strips);
      vaeResnet(peak, out, out, here, strips);
      if (level > 0) {
        // A layer at twice the side lengths, of the enlarged image or of strips of it.
        peak.keep(here * out);
        here *= 4;
        if (strips) {
          double strip = Math.min(here * out, Vae.STRIP);
          peak.keep(here * out);
          if (strip < here * out) {
            peak.at(strip / 4, strip);
          }
          peak.drop(here * out);
        } else {
          peak.at(here * out, here * out, here * out);
        }
        peak.drop(here / 4 * out);
      }
      in = out;
    }
    if (number < Float.BYTES) {
      // The last norm and convolution are in float32; without strips they are copied once more.
      // Strips at the edges have fewer rows, so the next strip cannot reuse their memory.
      double whole = peak.wide(here * in);
      double wide = strips ? Math.min(whole, peak.wide(Vae.STRIP)) : whole;
      double more = strips && wide == whole ? 0 : strips ? wide : here * in;
      peak.at(here * in, wide, wide, more, peak.wide(3 * here));
    }
    return peak.most();
  }

  /**
   * Returns the memory to encode pixels to latents.
   *
   * @param vae the autoencoder
   * @param pixels the pixels of the image
   * @param strips whether layers are processed in strips
   * @param number bytes of an element
   */
  public static AllocatedBytes encode(VaeConfig vae, double pixels, boolean strips, int number) {
    Peak peak = new Peak(number, 1);
    double in = vae.channels().get(0);
    double here = pixels;
    for (int level = 0; level < vae.levels(); level++) {
      double out = vae.channels().get(level);
      vaeResnet(peak, in, out, here, strips);
      vaeResnet(peak, out, out, here, strips);
      if (level < vae.levels() - 1) {
        here /= 4;
      }
      in = out;
    }
    middle(peak, here * in);
    return peak.most();
  }

  private static void middle(Peak peak, double tensor) {
    double[] all = new double[MIDDLE];
    Arrays.fill(all, tensor);
    peak.at(all);
  }

  /** Adds a residual block of the autoencoder, including its input. */
  private static void vaeResnet(Peak peak, double in, double out, double here, boolean strips) {
    peak.keep(here * in);
    if (strips) {
      vaeStrips(peak, in, out, here);
    } else {
      resnet(peak, here * in, here * out);
    }
    peak.drop(here * in);
  }

  /**
   * Adds a residual block in strips, without its input. Each strip is normalised into a copy and,
   * unless it is the whole image, copied again with the adjacent rows or convolved into another
   * tensor. The second convolution is added in place to the input or to the output of the shortcut.
   */
  private static void vaeStrips(Peak peak, double in, double out, double here) {
    double positions = Math.min(here, Vae.STRIP / Math.max(in, out));
    if (positions < here) {
      peak.at(here * out, positions * in, positions * Math.max(in, out));
    } else {
      peak.at(here * out, here * in);
    }
    peak.keep(here * out);
    if (in != out) {
      peak.keep(here * out);
    }
    double strip = Math.min(here * out, Vae.STRIP);
    if (strip < here * out) {
      peak.at(strip, strip);
    } else {
      peak.at(strip);
    }
    if (in != out) {
      peak.drop(here * out);
    }
    peak.drop(here * out);
  }

  /**
   * Returns the memory to decode latents with TAESD, in float32: a residual block at the image's
   * size.
   */
  public static AllocatedBytes decode(TinyDecoderConfig tiny, double pixels) {
    Peak peak = new Peak(Float.BYTES, 1);
    double tensor = pixels * tiny.width();
    peak.at(tensor, tensor, tensor, tensor);
    return peak.most();
  }

  /**
   * Returns the memory of an upscaler that processes an image in pieces, in float32.
   *
   * @param network the upscaler
   * @param pixels the pixels of the largest piece
   */
  public static AllocatedBytes enlarge(UpscalerConfig network, double pixels) {
    Peak peak = new Peak(Float.BYTES, 1);
    if (network instanceof RrdbConfig rrdb) {
      enlarge(peak, rrdb, pixels);
    } else {
      enlarge(peak, (SrvggConfig) network, pixels);
    }
    return peak.most();
  }

  private static void enlarge(Peak peak, RrdbConfig network, double pixels) {
    double positions = pixels / (network.unshuffle() * (double) network.unshuffle());
    double one = positions * network.features();
    double dense = positions * (network.features() + 4 * network.growth());
    double large = (1L << (2 * network.doublings())) * one;
    peak.at(one, one, one, dense, dense, one, one);
    // Input, output, and the copy in the kernel's layout, which some machines never hold as a
    // whole.
    peak.at(one, one, large, large, 0.8 * large);
  }

  private static void enlarge(Peak peak, SrvggConfig network, double pixels) {
    double one = pixels * network.features();
    double result = pixels * 3 * network.factor() * network.factor();
    peak.at(one, one, one);
    peak.at(one, result, result, result);
  }
}
