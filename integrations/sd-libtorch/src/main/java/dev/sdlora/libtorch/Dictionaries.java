package dev.sdlora.libtorch;

import ai.djl.ndarray.NDArray;
import dev.sdlora.tensors.torch.ProgramArchive;
import dev.sdlora.tensors.torch.TorchEngine;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.IValue;

/** Makes dictionaries of tensors in a program, because JavaCPP's presets cannot create them. */
final class Dictionaries {
  private static final String PROGRAM =
      """
        def dictionary(self: __torch__.Net,
            names: List[str],
            tensors: List[Tensor]) -> Dict[str, Tensor]:
          result = annotate(Dict[str, Tensor], {})
          for i in range(torch.len(names)):
            _0 = torch._set_item(result, names[i], tensors[i])
          return result
      """;

  private static final LibtorchScript SCRIPT =
      LibtorchScript.load(ProgramArchive.of("dictionaries", PROGRAM, ""));

  private Dictionaries() {}

  /**
   * A dictionary.
   *
   * @param value libtorch's value
   */
  record Held(IValue value) implements TorchEngine.Dictionary {
    @Override
    public void close() {
      value.close();
    }
  }

  /** Returns a dictionary that lives until the current scope of pointers ends. */
  static Held of(Map<?, ?> tensors) {
    return new Held(
        SCRIPT.apply(
            "dictionary",
            List.of(
                tensors.keySet().stream().map(String::valueOf).toArray(String[]::new),
                tensors.values().toArray(NDArray[]::new))));
  }

  /** Returns a dictionary that the caller closes. */
  static Held kept(Map<String, NDArray> tensors) {
    return new Held(Native.call(() -> Native.kept(of(tensors).value())));
  }
}
