package dev.sdlora.pipeline.memory;

import dev.sdlora.pipeline.network.RrdbConfig;
import dev.sdlora.pipeline.network.SrvggConfig;
import dev.sdlora.pipeline.network.TinyDecoderConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.UpscalerConfig;
import dev.sdlora.pipeline.network.Vae;
import dev.sdlora.pipeline.network.VaeConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The native memory that networks take while they run, weights not counted: their programs are
 * walked through, adding up the tensors that live at the same time. All in numbers, not bytes.
 *
 * <p>Sides are counted in double precision, so that no size overflows.
 */
public final class NetworkMemory {
  /**
   * Of a transformer block: input, norm, and the hidden layer of its feed-forward part four times.
   */
  private static final double TRANSFORMER = 18;

  /** Of attention over all positions: input, norm, query, key, value, answer, and copies. */
  private static final double MIDDLE = 8;

  private NetworkMemory() {}

  /** How many positions a plane of latents has at each level, whose sides are rounded up. */
  private static double positions(double height, double width, int level) {
    double scale = 1 << level;
    return Math.ceil(height / scale) * Math.ceil(width / scale);
  }

  /** A convolution beside its input, which the engine copies into blocks of channels. */
  private static double conv(double in, double out) {
    return in + out;
  }

  /** A residual block beside its input, for one position. */
  private static double resnet(double in, double out) {
    double both = Math.max(2 * in, in + conv(in, out));
    double second = Math.max(2 * out, out + conv(out, out));
    double shortcut = in == out ? 0 : out + conv(in, out);
    return Math.max(both, Math.max(second, shortcut));
  }

  /**
   * What a ControlNet leaves for the U-Net, for each row of a batch.
   *
   * @param height of the latent
   * @param width of the latent
   */
  public static double residuals(UNetConfig unet, double height, double width) {
    int last = unet.levels() - 1;
    return skips(unet, height, width).stream().mapToDouble(Double::doubleValue).sum()
        + unet.channels().get(last) * positions(height, width, last);
  }

  /** The sizes of what the way down keeps for the way up. */
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
   * A call of the U-Net, for each row of a batch.
   *
   * @param height of the latent
   * @param width of the latent
   */
  public static double unet(UNetConfig unet, double height, double width) {
    double kept = unet.channels().get(0) * positions(height, width, 0);
    double peak = 0;
    double in = unet.channels().get(0);
    for (int level = 0; level < unet.levels(); level++) {
      double here = positions(height, width, level);
      double out = unet.channels().get(level);
      for (int j = 0; j < unet.layers(); j++) {
        peak = Math.max(peak, kept + here * block(unet, level, in, out));
        kept += here * out;
        in = out;
      }
      if (level < unet.levels() - 1) {
        kept += positions(height, width, level + 1) * out;
      }
    }
    List<Double> skips = skips(unet, height, width);
    int next = skips.size() - 1;
    for (int level = unet.levels() - 1; level >= 0; level--) {
      double here = positions(height, width, level);
      double out = unet.channels().get(level);
      for (int j = 0; j <= unet.layers(); j++) {
        double skip = skips.get(next--) / here;
        kept -= skip * here;
        double both = in + skip;
        peak = Math.max(peak, kept + here * (both + Math.max(both, block(unet, level, both, out))));
        in = out;
      }
      if (level > 0) {
        double above = positions(height, width, level - 1);
        peak = Math.max(peak, kept + above * (out + conv(out, out)));
      }
    }
    return peak;
  }

  private static double block(UNetConfig unet, int level, double in, double out) {
    double resnet = resnet(in, out);
    return unet.transformers().inLevel(level) ? Math.max(resnet, TRANSFORMER * out) : resnet;
  }

  /**
   * From latents to pixels.
   *
   * @param pixels of the picture
   * @param strips whether it goes strip by strip
   * @param half whether it computes in 16 bits, all but its end, whose numbers count twice
   */
  public static double decode(VaeConfig vae, double pixels, boolean strips, boolean half) {
    int last = vae.levels() - 1;
    double in = vae.channels().get(last);
    double here = pixels / (1L << (2 * last));
    double peak = here * MIDDLE * in;
    for (int level = last; level >= 0; level--) {
      double out = vae.channels().get(level);
      peak = Math.max(peak, vaeResnet(in, out, here, strips));
      peak = Math.max(peak, vaeResnet(out, out, here, strips));
      if (level > 0) {
        // A layer at twice the sides, of the enlarged picture or of strips of it.
        here *= 4;
        double enlarging =
            strips ? here * (out / 4 + out) + strip(out, out, here) : here * (out + conv(out, out));
        peak = Math.max(peak, enlarging);
      }
      in = out;
    }
    if (half && !strips) {
      // Input and norm in 16 bits, then in 32, and once more as the convolution takes it.
      peak = Math.max(peak, here * (2 * in + 2 * (in + in)));
    }
    return peak;
  }

  /**
   * From pixels to latents.
   *
   * @param pixels of the picture
   * @param strips whether it goes strip by strip
   */
  public static double encode(VaeConfig vae, double pixels, boolean strips) {
    double in = vae.channels().get(0);
    double here = pixels;
    double peak = 0;
    for (int level = 0; level < vae.levels(); level++) {
      double out = vae.channels().get(level);
      peak = Math.max(peak, vaeResnet(in, out, here, strips));
      peak = Math.max(peak, vaeResnet(out, out, here, strips));
      if (level < vae.levels() - 1) {
        here /= 4;
      }
      in = out;
    }
    return Math.max(peak, here * MIDDLE * in);
  }

  /** A residual block of the autoencoder with its input. */
  private static double vaeResnet(double in, double out, double here, boolean strips) {
    if (!strips) {
      return here * (in + resnet(in, out));
    }
    // In strips there are no norms beside input and result; a shortcut is one more result.
    double results = in == out ? out : 2 * out;
    return here * (in + results) + strip(Math.max(in, out), out, here);
  }

  /** A strip after its norm, with what a convolution needs. */
  private static double strip(double in, double out, double here) {
    return Math.min(here, Vae.STRIP) * (in + conv(in, out));
  }

  /** From latents to pixels by TAESD: a residual block at the size of the picture. */
  public static double decode(TinyDecoderConfig tiny, double pixels) {
    double width = tiny.width();
    return pixels * (2 * width + conv(width, width));
  }

  /**
   * An upscaler that works through a picture piece by piece.
   *
   * @param pixels of the largest piece that it sees
   */
  public static double enlarge(UpscalerConfig network, double pixels) {
    return network instanceof RrdbConfig rrdb
        ? enlarge(rrdb, pixels)
        : enlarge((SrvggConfig) network, pixels);
  }

  private static double enlarge(RrdbConfig network, double pixels) {
    double positions = pixels / (network.unshuffle() * (double) network.unshuffle());
    double features = network.features();
    double dense = 3 * features + 2 * (features + 4 * network.growth()) + conv(features, features);
    double large = positions * (1L << (2 * network.doublings()));
    return Math.max(
        positions * dense,
        2 * positions * features + large * (features + conv(features, features)));
  }

  private static double enlarge(SrvggConfig network, double pixels) {
    double features = network.features();
    double result = 3.0 * network.factor() * network.factor();
    return pixels * Math.max(features + conv(features, features), features + 3 * result);
  }
}
