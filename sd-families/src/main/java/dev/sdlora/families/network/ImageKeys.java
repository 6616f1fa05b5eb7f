package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys and values of image prompts for the attention layers of a U-Net, which add the attention to
 * each image to that to the text. Keys of prompt i in a layer are named {@code layer.image_keys.i},
 * [batch, tokens, channels]; values, multiplied by the prompt's weight, {@code
 * layer.image_values.i}; and factors of the positions, if the prompt has a mask, {@code
 * layer.image_mask.i}, [positions, 1]. Numbers count from 0 in each layer.
 *
 * @param acting identifies the prompts that act, for comparing calls
 * @param tensors the tensors by name
 */
public record ImageKeys(List<Integer> acting, Map<String, NDArray> tensors) {
  /** No image prompts. */
  public static final ImageKeys NONE = new ImageKeys(List.of(), Map.of());

  /** Copies the list. */
  public ImageKeys {
    acting = List.copyOf(acting);
  }

  /** Returns these tensors and those of a text. */
  Map<String, NDArray> with(Map<String, NDArray> text) {
    if (tensors.isEmpty()) {
      return text;
    }
    Map<String, NDArray> all = new LinkedHashMap<>(text);
    all.putAll(tensors);
    return all;
  }
}
