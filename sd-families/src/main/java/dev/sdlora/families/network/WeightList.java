package dev.sdlora.families.network;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the names and shapes of the weights that a network reads. */
public final class WeightList {
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

  /** Adds a weight. */
  public void add(String name, long... shape) {
    shapes.put(name, Arrays.stream(shape).boxed().toList());
  }

  /** Adds a weight of another list. */
  public void add(String name, List<Long> shape) {
    shapes.put(name, shape);
  }

  /** Adds a matrix without a bias. */
  public void matrix(String name, long in, long out) {
    add(name + ".weight", out, in);
  }

  /** Adds a matrix and a bias. */
  public void linear(String name, long in, long out) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  /** Adds a square kernel and a bias. */
  public void conv(String name, long in, long out, long kernel) {
    add(name + ".weight", out, in, kernel, kernel);
    add(name + ".bias", out);
  }

  /** Adds a gain and a bias for each channel. */
  public void norm(String name, long channels) {
    add(name + ".weight", channels);
    add(name + ".bias", channels);
  }

  /** Adds a residual block; without a time embedding if {@code time} is 0. */
  public void resnet(String name, long in, long out, long time) {
    norm(name + ".norm1", in);
    conv(name + ".conv1", in, out, 3);
    if (time > 0) {
      linear(name + ".time_emb_proj", time, out);
    }
    norm(name + ".norm2", out);
    conv(name + ".conv2", out, out, 3);
    if (in != out) {
      conv(name + ".conv_shortcut", in, out, 1);
    }
  }

  /** Returns the shapes by name, in the order in which they were added. */
  public Map<String, List<Long>> shapes() {
    return Collections.unmodifiableMap(shapes);
  }
}
