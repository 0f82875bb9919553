/** Lines of a screen part that get data by themselves. */
export function fetchesIn(file: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /(?<![\w.])fetch\(|\b(XMLHttpRequest|EventSource|WebSocket|use(Infinite)?Query|useMutation)\b/.test(line)
        ? [`${file}:${index + 1} ${line.trim()}`]
        : [],
    )
}
