// A picture that says what is under the pointer: view has an svg, and point, pick, under and onKey.
function followPointer(view, nowhere) {
  const { svg } = view;
  svg.onpointermove = (event) => {
    if (event.pointerType !== "touch") view.point(view.under(event));
  };
  svg.onpointerleave = svg.onblur = () => view.point(nowhere);
  svg.onclick = (event) => view.pick(view.under(event));
  svg.onkeydown = (event) => view.onKey(event);
}
